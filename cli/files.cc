#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/openssl_ptr.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

absl::Status SystemError(absl::string_view attempted, const std::string& path) {
  return UnavailableError(absl::StrCat("cannot ", attempted, " ", path, ": ", strerror(errno)));
}

// A file that is there for one function and closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  bool Close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, ByteSpan content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteDraft(const std::string& draft, ByteSpan content, mode_t mode) {
  Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0) return SystemError("create", draft);
  ENKRAT_RETURN_IF_ERROR(WriteAll(file.get(), content, draft));
  if (::fsync(file.get()) != 0 || !file.Close()) return SystemError("write", draft);
  return absl::OkStatus();
}

// link() refuses an existing target without a gap between looking and acting; rename() would not.
absl::Status Publish(const std::string& draft, const std::string& path, bool overwrite) {
  if (overwrite) {
    return ::rename(draft.c_str(), path.c_str()) == 0 ? absl::OkStatus()
                                                      : SystemError("write", path);
  }
  if (::link(draft.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (errno == EEXIST) return UsageError(absl::StrCat(path, " exists already; see --force"));
  return SystemError("write", path);
}

}  // namespace

absl::StatusOr<Bytes> ReadFile(const std::string& path, size_t limit_bytes) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return SystemError("read", path);
  Bytes content;
  std::array<char, 64 * 1024> piece;
  while (in.read(piece.data(), piece.size()), in.gcount() > 0) {
    content.insert(content.end(), piece.begin(), piece.begin() + in.gcount());
    if (content.size() > limit_bytes) {
      return MakeError(Reason::kLimitExceeded,
                       absl::StrCat(path, " is larger than ", limit_bytes, " octets"));
    }
  }
  if (in.bad()) return SystemError("read", path);
  return content;
}

absl::StatusOr<Bytes> DigestFile(const std::string& path, DigestAlgorithm algorithm,
                                 const std::function<void(uint64_t, uint64_t)>& progress) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return SystemError("read", path);
  if (S_ISDIR(info.st_mode)) return UsageError(absl::StrCat(path, " is a folder"));
  std::ifstream in(path, std::ios::binary);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  if (!in) return SystemError("read", path);
  if (context == nullptr ||
      EVP_DigestInit_ex(context.get(), DigestMethod(algorithm), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "starting a digest");
  }
  std::vector<char> piece(1024 * 1024);
  uint64_t done = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<size_t>(in.gcount()));
    done += static_cast<uint64_t>(in.gcount());
    if (progress) progress(done, static_cast<uint64_t>(info.st_size));
  }
  if (in.bad()) return SystemError("read", path);
  Bytes digest(DigestSize(algorithm));
  if (EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) {
    return OpenSslError(Reason::kInternal, "finishing a digest");
  }
  return digest;
}

absl::Status WriteFile(const std::string& path, ByteSpan content, const WriteOptions& options) {
  const std::string draft = absl::StrCat(path, ".", ToHex(RandomBytes(4)), ".part");
  absl::Status status = WriteDraft(draft, content, options.mode);
  if (status.ok()) status = Publish(draft, path, options.overwrite);
  ::unlink(draft.c_str());  // gone already after a rename
  return status;
}

bool FileExists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace enkrat::cli

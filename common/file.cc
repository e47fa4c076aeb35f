#include "common/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat {
namespace {

constexpr size_t kPiece = 64 * 1024;

// Of the system call that has just failed.
absl::Status SystemError(const std::string& path, absl::string_view what) {
  const int error = errno;
  return MakeError(error == ENOENT ? Reason::kNotFound : Reason::kConfigurationInvalid,
                   absl::StrCat(path, ": ", what, ": ", std::strerror(error)));
}

absl::Status CannotWrite(const std::string& path) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
}

// Open for one function, closed on every way out.
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

bool WriteAll(int fd, ByteSpan content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool WriteDraft(const std::string& draft, ByteSpan content, const WriteFileOptions& options) {
  Descriptor file(
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, options.mode));
  return file.get() >= 0 && WriteAll(file.get(), content) &&
         (!options.regardless_of_umask || ::fchmod(file.get(), options.mode) == 0) &&
         ::fsync(file.get()) == 0 && file.Close();
}

// link() refuses an existing target without a gap between looking and acting; rename() would not.
absl::StatusOr<bool> Publish(const std::string& draft, const std::string& path, bool overwrite) {
  if (overwrite) {
    if (::rename(draft.c_str(), path.c_str()) != 0) return CannotWrite(path);
    return true;
  }
  if (::link(draft.c_str(), path.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
  return CannotWrite(path);
}

// Until then a crash may take the new name away again.
absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0) return CannotWrite(folder);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Bytes> ReadFile(const std::string& path, size_t most_octets) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError(path, "cannot be read");
  Bytes content;
  size_t size = 0;
  while (size <= most_octets) {
    content.resize(size + std::min(std::max(size, kPiece), most_octets - size + 1));
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, "cannot be read");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > most_octets) {
    return MakeError(Reason::kLimitExceeded,
                     absl::StrCat(path, ": is larger than ", most_octets, " octets"));
  }
  content.resize(size);
  return content;
}

absl::StatusOr<bool> WriteFile(const std::string& path, ByteSpan content,
                               const WriteFileOptions& options) {
  const std::string draft = absl::StrCat(path, ".", ToHex(RandomBytes(4)), ".part");
  absl::StatusOr<bool> published = WriteDraft(draft, content, options)
                                       ? Publish(draft, path, options.overwrite)
                                       : absl::StatusOr<bool>(CannotWrite(path));
  ::unlink(draft.c_str());  // gone already after a rename
  if (published.ok() && *published) ENKRAT_RETURN_IF_ERROR(SyncFolderOf(path));
  return published;
}

bool FileExists(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

}  // namespace enkrat

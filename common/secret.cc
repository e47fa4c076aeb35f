#include "common/secret.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat {
namespace {

constexpr size_t kMaxSecretSize = 4096;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status FileError(absl::string_view what, const std::string& path) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

}  // namespace

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    octets_ = std::move(other.octets_);
    other.octets_.clear();
  }
  return *this;
}

void Secret::Wipe() {
  if (!octets_.empty()) OPENSSL_cleanse(octets_.data(), octets_.size());
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  // The checks are made on the open descriptor, so that the file cannot be swapped between check
  // and use.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.get() < 0) return FileError("cannot open the secret file", path);
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return FileError("cannot look at the secret file", path);
  if (!S_ISREG(info.st_mode)) {
    return MakeError(Reason::kConfigurationInvalid, absl::StrCat(path, " is not a regular file"));
  }
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return MakeError(
        Reason::kConfigurationInvalid,
        absl::StrCat(path, " belongs to another user; chown it to the service's user"));
  }
  if ((info.st_mode & 077) != 0) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(path, " can be read by others; run chmod 0400 on it"));
  }
  Bytes buffer(kMaxSecretSize + 1);
  const ssize_t size = read(file.get(), buffer.data(), buffer.size());
  if (size < 0) return FileError("cannot read the secret file", path);
  if (static_cast<size_t>(size) > kMaxSecretSize) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(path, " is too long for a secret"));
  }
  size_t length = static_cast<size_t>(size);
  if (length > 0 && buffer[length - 1] == '\n') --length;
  Secret secret(ByteSpan(buffer.data(), length));
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return secret;
}

absl::Status WriteSecretFile(const std::string& path, ByteSpan secret) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
  if (file.get() < 0) return FileError("cannot create the secret file", path);
  if (write(file.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size()) ||
      fsync(file.get()) != 0) {
    return FileError("cannot write the secret file", path);
  }
  return absl::OkStatus();
}

}  // namespace enkrat

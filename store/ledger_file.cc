// The ledger's place in the file system.
#include "store/ledger_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::store {
namespace {

absl::Status Unavailable(absl::string_view what, int error) {
  return MakeError(Reason::kStoreUnavailable,
                   absl::StrCat("ledger ", what, ": ", std::strerror(error)));
}

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat("ledger ", what));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status CheckOwner(const struct stat& status, absl::string_view what) {
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return Invalid(absl::StrCat(what, " belongs to another user"));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Invalid(absl::StrCat(what, " is writable by group or others: chmod go-w"));
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& path) {
  const int folder = open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Unavailable("folder", errno);
  const int result = fsync(folder);
  const int error = errno;
  close(folder);
  return result == 0 ? absl::OkStatus() : Unavailable("folder", error);
}

}  // namespace

absl::Status CreateLedgerFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno == EEXIST ? absl::OkStatus() : Unavailable("file", errno);
  close(file);
  return SyncFolder(path);
}

absl::Status CheckLedgerFile(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return Unavailable("file", errno);
  if (!S_ISREG(status.st_mode)) return Invalid("is not a regular file");
  return CheckOwner(status, "file");
}

absl::Status CheckLedgerFolder(const std::string& path) {
  struct stat status {};
  if (stat(FolderOf(path).c_str(), &status) != 0) return Unavailable("folder", errno);
  if (!S_ISDIR(status.st_mode)) return Invalid("folder is none");
  return CheckOwner(status, "folder");
}

absl::StatusOr<WriterLock> WriterLock::Acquire(const std::string& path) {
  const std::string lock_path = path + ".lock";
  const int descriptor = open(lock_path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return Unavailable("lock file", errno);
  WriterLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Unavailable("lock file", errno);
  return MakeError(Reason::kStoreUnavailable, "another process has the ledger open for writing");
}

WriterLock::~WriterLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace enkrat::store

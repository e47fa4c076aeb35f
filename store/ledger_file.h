// The ledger's place in the file system: who may touch it, and that one process writes.
#ifndef ENKRAT_STORE_LEDGER_FILE_H_
#define ENKRAT_STORE_LEDGER_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace enkrat::store {

// Creates an empty file with mode 0600 if there is none, and its folder entry durably. An existing
// file is not opened: closing it would drop the locks that SQLite holds on it (POSIX fcntl).
// kStoreUnavailable if that fails.
absl::Status CreateLedgerFile(const std::string& path);

// kConfigurationInvalid unless `path` is a regular file (no symbolic link) in a folder, both owned
// by this user or root, and neither writable by group or others: who can write them can undo
// history. kStoreUnavailable if there is no such file.
absl::Status CheckLedgerFile(const std::string& path);
absl::Status CheckLedgerFolder(const std::string& path);

// The right to write, held on "<path>.lock" (flock) as long as the object lives; the kernel gives
// it back when the process dies. Readers do not need it.
class WriterLock {
 public:
  // kStoreUnavailable if another process, or another ledger of this process, holds it.
  static absl::StatusOr<WriterLock> Acquire(const std::string& path);
  WriterLock(WriterLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock();

 private:
  explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_LEDGER_FILE_H_

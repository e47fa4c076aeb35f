// A few reading connections, lent to one caller each.
#ifndef ENKRAT_STORE_READER_POOL_H_
#define ENKRAT_STORE_READER_POOL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Thread-safe. A reader sees what had been committed when its query began, and hinders no writer.
class ReaderPool {
 public:
  // Opens `size` connections to an existing ledger.
  static absl::StatusOr<std::unique_ptr<ReaderPool>> Open(const std::string& path,
                                                          const std::string& vfs, size_t size);

  // Runs `read` on a connection that is free, waiting for one if need be. Reads are short and
  // local, so the wait is bounded by theirs.
  absl::Status Read(absl::FunctionRef<absl::Status(SqliteConnection&)> read);

 private:
  ReaderPool() = default;

  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<SqliteConnection>> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_READER_POOL_H_

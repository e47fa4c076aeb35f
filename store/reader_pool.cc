// A few reading connections, lent to one caller each.
#include "store/reader_pool.h"

#include "common/status_macros.h"

namespace enkrat::store {

absl::StatusOr<std::unique_ptr<ReaderPool>> ReaderPool::Open(const std::string& path,
                                                             const std::string& vfs, size_t size) {
  std::unique_ptr<ReaderPool> pool(new ReaderPool);
  MutexLock lock(pool->mutex_);
  for (size_t i = 0; i < size; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(auto reader,
                            SqliteConnection::Open(path, SqliteConnection::Use::kReading, vfs));
    pool->free_.push_back(std::move(reader));
  }
  return pool;
}

absl::Status ReaderPool::Read(absl::FunctionRef<absl::Status(SqliteConnection&)> read) {
  std::unique_ptr<SqliteConnection> reader;
  {
    MutexLock lock(mutex_);
    while (free_.empty()) returned_.wait(mutex_);
    reader = std::move(free_.back());
    free_.pop_back();
  }
  absl::Status status = read(*reader);
  MutexLock lock(mutex_);
  free_.push_back(std::move(reader));
  returned_.notify_one();
  return status;
}

}  // namespace enkrat::store

// Group commit: writes that arrive while one commit is on its way to the disk share the next one.
#ifndef ENKRAT_STORE_COMMIT_QUEUE_H_
#define ENKRAT_STORE_COMMIT_QUEUE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/log.h"
#include "common/mutex.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Owns the only writing connection of the process, and the only thread that uses it. Thread-safe.
// No timer: an idle ledger commits a lonely write at once, a busy one commits what has queued up.
class CommitQueue {
 public:
  struct Options {
    size_t queue_limit = 4096;  // writes that may wait
    absl::Duration longest_wait = absl::Seconds(30);
    Logger* logger = nullptr;  // optional; not owned
  };
  // What a caller wants written; runs on the writing thread inside a savepoint of its own. If it
  // fails, what it wrote is undone and the others of its batch are not hurt. It must own what it
  // refers to: the caller may have given up by then.
  using Write = std::function<absl::Status(SqliteConnection&)>;

  CommitQueue(std::unique_ptr<SqliteConnection> writer, Options options);
  // Commits what is queued. Nobody may call Commit any more.
  ~CommitQueue();

  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Blocks until the write is on disk, or has failed, for longest_wait at most. Its own error,
  // kOverloaded at once when the queue is full, or kStoreUnavailable when the batch could not be
  // committed or the disk did not answer in time. A write that could not be committed is undone for
  // all who read it now; a crash before the next commit may yet bring it back, as with any database
  // whose fsync failed. A write that was not answered in time never happens if it had not begun;
  // if it had, it may still happen, in its place before all writes that are asked for later.
  absl::Status Commit(Write write);

  // Runs `work` on the writing thread between two commits, outside any transaction; blocks as
  // Commit does. Its own error, kOverloaded, or kStoreUnavailable as above.
  absl::Status Maintain(Write work);

  // Since this object was made: writes that are on disk, commits that put them there, and writes
  // that wait now.
  uint64_t writes() const { return writes_; }
  uint64_t commits() const { return commits_; }
  size_t waiting() const;

 private:
  struct Waiter;
  using Batch = std::vector<std::shared_ptr<Waiter>>;

  absl::Status Enqueue(std::shared_ptr<Waiter> waiter);
  absl::Status GiveUp(const std::shared_ptr<Waiter>& waiter);
  void Work();
  // Never empty, unless the queue is stopping and has nothing left.
  Batch TakeBatch();
  void Serve(const Batch& batch);
  void CommitBatch(const Batch& batch);
  absl::Status RunBatch(const Batch& batch);
  absl::Status RunOne(Waiter& waiter);
  void NoteOutcome(const absl::Status& status);

  const Options options_;
  const std::unique_ptr<SqliteConnection> writer_;  // the thread's own
  bool failing_ = false;                            // the thread's own
  std::atomic<uint64_t> writes_{0};
  std::atomic<uint64_t> commits_{0};
  mutable Mutex mutex_;
  CondVar arrived_;
  Batch queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: started when all else is there
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_COMMIT_QUEUE_H_

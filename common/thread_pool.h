// A fixed number of threads behind a bounded queue: work that may block, kept off gRPC's callback
// threads (docs/adr, own thread pool behind the callback API).
#ifndef ENKRAT_COMMON_THREAD_POOL_H_
#define ENKRAT_COMMON_THREAD_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "common/mutex.h"

namespace enkrat {

class ThreadPool {
 public:
  struct Options {
    size_t threads = 4;
    size_t queue_limit = 1024;  // jobs that may wait; jobs that run do not count
  };

  explicit ThreadPool(Options options);
  // Runs what was accepted, then joins.
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Takes the job, or answers false at once when the queue is full or the pool is stopping.
  [[nodiscard]] bool TrySubmit(std::function<void()> job) ABSL_LOCKS_EXCLUDED(mutex_);

  // Jobs accepted that have not started.
  size_t waiting() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);

  const size_t queue_limit_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_THREAD_POOL_H_

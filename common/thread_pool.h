// A fixed number of threads behind a bounded queue: work that may block, kept off gRPC's callback
// threads (docs/adr, own thread pool behind the callback API).
#ifndef ENKRAT_COMMON_THREAD_POOL_H_
#define ENKRAT_COMMON_THREAD_POOL_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/mutex.h"
#include "common/wake_up.h"

namespace enkrat {

// A job goes to the thread that has been idle for the shortest time: what it works with is still in
// the processor's caches and the allocator's.
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
  struct Worker {
    WakeUp wake;
    std::function<void()> job = nullptr;  // given to it while it was idle; none: the pool stops
    std::jthread thread = {};
  };
  void Work(Worker& worker) ABSL_LOCKS_EXCLUDED(mutex_);
  // The next job, for which the worker may have to wait; none when the pool stops.
  std::function<void()> Next(Worker& worker) ABSL_LOCKS_EXCLUDED(mutex_);

  const size_t queue_limit_;
  mutable Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);  // while no worker is idle
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);                // the last one first
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_THREAD_POOL_H_

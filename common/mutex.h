// std::mutex with clang's thread-safety annotations. Not absl::Mutex: the distribution's build of
// it is not instrumented, and ThreadSanitizer then reports races that are none (docs/stack.md).
#ifndef ENKRAT_COMMON_MUTEX_H_
#define ENKRAT_COMMON_MUTEX_H_

#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace enkrat {

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  // The names that std::condition_variable_any asks for.
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Wait with the mutex held, in a loop over the condition: `while (!ready_) changed_.wait(mutex_);`
using CondVar = std::condition_variable_any;

}  // namespace enkrat

#endif  // ENKRAT_COMMON_MUTEX_H_

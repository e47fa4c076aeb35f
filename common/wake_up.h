// One thread waits, another wakes it.
#ifndef ENKRAT_COMMON_WAKE_UP_H_
#define ENKRAT_COMMON_WAKE_UP_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace enkrat {

// For whoever waits for something of its own among many that wait: with one condition for all, or
// woken while its waker still holds the mutex, a thread wakes only to wait again, and each time
// costs as much as a signature. Call Give when no other mutex is held.
//
// Must live until Give has returned, which the thread that waits does not wait for: share it.
class WakeUp {
 public:
  // Ends the wait that is on, or the next one.
  void Give() {
    {
      const std::lock_guard lock(mutex_);
      given_ = true;
    }
    changed_.notify_one();  // without the mutex, which the woken thread would have to wait for
  }

  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return given_; });
    given_ = false;
  }

  // False if nobody woke it by then.
  template <typename Clock, typename Duration>
  [[nodiscard]] bool WaitUntil(std::chrono::time_point<Clock, Duration> time) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, time, [this] { return given_; })) return false;
    given_ = false;
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool given_ = false;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_WAKE_UP_H_

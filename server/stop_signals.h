// SIGHUP asks to read again what may change. SIGTERM and SIGINT: the first asks for a drain, the
// second, or a drain that takes too long, ends the process. Before there is anything to drain, the
// first ends it, too.
#ifndef ENKRAT_SERVER_STOP_SIGNALS_H_
#define ENKRAT_SERVER_STOP_SIGNALS_H_

#include <csignal>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace enkrat::server {

// One a process. To be made before any other thread: all of them inherit that the signals are
// blocked.
class StopSignals {
 public:
  enum class Ending { kBeforeServing, kSecondSignal, kTooLate };

  // Calls `end`, which does not return, on a thread of its own.
  explicit StopSignals(std::function<void(Ending)> end);
  ~StopSignals();

  // What SIGHUP asks for, until the first of the others; nothing before. Runs on a thread of ours.
  void OnHangUp(std::function<void()> read_again) ABSL_LOCKS_EXCLUDED(mutex_);
  // From now on the first signal is no end. Waits for it; its number.
  int Wait() ABSL_LOCKS_EXCLUDED(mutex_);
  // How long what follows the first signal may take.
  void SetGrace(absl::Duration grace) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);
  // Waits for one that ends; does meanwhile what SIGHUP asks for.
  int WaitForEnd() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::function<void(Ending)> end_;
  sigset_t signals_{};  // those that end
  Mutex mutex_;
  CondVar changed_;
  std::function<void()> read_again_ ABSL_GUARDED_BY(mutex_);
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  int first_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration grace_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(35);
  std::thread thread_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_STOP_SIGNALS_H_

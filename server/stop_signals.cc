#include "server/stop_signals.h"

#include <pthread.h>

#include <utility>

namespace enkrat::server {

StopSignals::StopSignals(std::function<void(Ending)> end) : end_(std::move(end)) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { Loop(); });
}

StopSignals::~StopSignals() {
  {
    MutexLock lock(mutex_);
    over_ = true;
  }
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes it
  thread_.join();
}

int StopSignals::Wait() {
  MutexLock lock(mutex_);
  serving_ = true;
  while (first_ == 0) changed_.wait(mutex_);
  return first_;
}

void StopSignals::SetGrace(absl::Duration grace) {
  MutexLock lock(mutex_);
  grace_ = grace;
}

void StopSignals::Loop() {
  int caught = 0;
  sigwait(&signals_, &caught);
  timespec grace{};
  {
    MutexLock lock(mutex_);
    if (over_) return;
    if (!serving_) return end_(Ending::kBeforeServing);
    first_ = caught;
    grace = absl::ToTimespec(grace_);
  }
  changed_.notify_all();
  const bool signalled = sigtimedwait(&signals_, nullptr, &grace) > 0;
  {
    MutexLock lock(mutex_);
    if (over_) return;
  }
  end_(signalled ? Ending::kSecondSignal : Ending::kTooLate);
}

}  // namespace enkrat::server

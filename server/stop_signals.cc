#include "server/stop_signals.h"

#include <pthread.h>

#include <utility>

namespace enkrat::server {

StopSignals::StopSignals(std::function<void(Ending)> end) : end_(std::move(end)) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  sigset_t all = signals_;
  sigaddset(&all, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
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

void StopSignals::OnHangUp(std::function<void()> read_again) {
  MutexLock lock(mutex_);
  read_again_ = std::move(read_again);
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

int StopSignals::WaitForEnd() {
  sigset_t all = signals_;
  sigaddset(&all, SIGHUP);
  for (;;) {
    int caught = 0;
    sigwait(&all, &caught);
    if (caught != SIGHUP) return caught;
    std::function<void()> read_again;
    {
      MutexLock lock(mutex_);
      read_again = read_again_;
    }
    if (read_again != nullptr) read_again();
  }
}

void StopSignals::Loop() {
  const int caught = WaitForEnd();
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

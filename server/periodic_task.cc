#include "server/periodic_task.h"

#include <chrono>
#include <utility>

namespace enkrat::server {

PeriodicTask::PeriodicTask(absl::Duration interval, std::function<bool()> run)
    : interval_(interval), run_(std::move(run)) {
  thread_ = std::thread([this] { Loop(); });
}

PeriodicTask::~PeriodicTask() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
}

void PeriodicTask::Loop() {
  while (!Stopped() && run_()) {
  }
}

bool PeriodicTask::Stopped() {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(interval_);
  MutexLock lock(mutex_);
  while (!stop_ && stopping_.wait_until(mutex_, until) != std::cv_status::timeout) {
  }
  return stop_;
}

}  // namespace enkrat::server

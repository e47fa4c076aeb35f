#include "server/open_calls.h"

#include <utility>

namespace enkrat::server {

OpenCalls::Id OpenCalls::Enter(std::atomic<bool>& cancelled, std::function<void()> cancel) {
  MutexLock lock(mutex_);
  if (stopped_) cancelled = true;
  calls_[++last_id_] = {.cancelled = &cancelled, .cancel = std::move(cancel)};
  return last_id_;
}

void OpenCalls::Answered(Id id) {
  const absl::Duration now = options_.clock->SinceBoot();
  MutexLock lock(mutex_);
  calls_.at(id).answered = now;
}

void OpenCalls::Working(Id id) {
  MutexLock lock(mutex_);
  calls_.at(id).answered = absl::InfiniteDuration();
}

void OpenCalls::Leave(Id id) {
  MutexLock lock(mutex_);
  calls_.erase(id);
}

size_t OpenCalls::CancelUndelivered() {
  const absl::Duration now = options_.clock->SinceBoot();
  size_t count = 0;
  MutexLock lock(mutex_);  // held, so that no call leaves while it is cancelled
  for (auto& [id, entry] : calls_) {
    if (now - entry.answered < options_.longest_delivery) continue;
    entry.answered = absl::InfiniteDuration();  // once
    entry.cancel();
    ++count;
  }
  return count;
}

void OpenCalls::StopWork() {
  MutexLock lock(mutex_);
  stopped_ = true;
  for (auto& [id, entry] : calls_) *entry.cancelled = true;
}

}  // namespace enkrat::server

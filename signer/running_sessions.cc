#include "signer/running_sessions.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"

namespace enkrat::signer {

RunningSessions::Claim::Claim(Claim&& other) noexcept
    : sessions_(std::exchange(other.sessions_, nullptr)), key_(std::move(other.key_)) {}

RunningSessions::Claim::~Claim() {
  if (sessions_ != nullptr) sessions_->Release(key_);
}

RunningSessions::Claim RunningSessions::TryClaim(const Key& key) {
  MutexLock lock(mutex_);
  const bool claimed = running_.insert(key).second;
  return Claim(claimed ? this : nullptr, key);
}

bool RunningSessions::WaitUntilFree(const Key& key, absl::Time deadline) {
  const auto until = absl::ToChronoTime(
      std::min(deadline, absl::Now() + absl::Minutes(5)));  // InfiniteFuture overflows chrono
  MutexLock lock(mutex_);
  while (running_.contains(key)) {
    if (released_.wait_until(mutex_, until) == std::cv_status::timeout) {
      return !running_.contains(key);
    }
  }
  return true;
}

void RunningSessions::Release(const Key& key) {
  {
    MutexLock lock(mutex_);
    running_.erase(key);
  }
  released_.notify_all();
}

}  // namespace enkrat::signer

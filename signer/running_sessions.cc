#include "signer/running_sessions.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "common/reason.h"

namespace enkrat::signer {

RunningSessions::Claim::Claim(Claim&& other) noexcept
    : sessions_(std::exchange(other.sessions_, nullptr)), key_(std::move(other.key_)) {}

RunningSessions::Claim::~Claim() {
  if (sessions_ != nullptr) sessions_->Release(key_);
}

absl::StatusOr<RunningSessions::Claim> RunningSessions::Enter(const Key& key, absl::Time deadline) {
  const auto until = absl::ToChronoTime(
      std::min(deadline, absl::Now() + absl::Minutes(5)));  // InfiniteFuture overflows chrono
  MutexLock lock(mutex_);
  while (true) {
    const auto [place, claimed] = waiting_.emplace(key, 0);
    if (claimed) return Claim(this, key);
    if (place->second >= kMaxWaiting) {
      return WithRetryDelay(
          MakeError(Reason::kOverloaded, "enough calls wait for the one with this request_id"),
          absl::Milliseconds(500));
    }
    ++place->second;
    const bool in_time = released_.wait_until(mutex_, until) == std::cv_status::no_timeout;
    // Whoever released it took the entry, and the count with it.
    if (const auto again = waiting_.find(key); again != waiting_.end() && again->second > 0) {
      --again->second;
    }
    if (!in_time) {
      return MakeError(Reason::kDeadlineTooShort, "waiting for the call with the same request_id");
    }
  }
}

void RunningSessions::Release(const Key& key) {
  {
    MutexLock lock(mutex_);
    waiting_.erase(key);
  }
  released_.notify_all();
}

}  // namespace enkrat::signer

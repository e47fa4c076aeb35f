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
    const auto [place, claimed] = running_.emplace(key, nullptr);
    if (claimed) {
      place->second = std::make_shared<Running>();
      return Claim(this, key);
    }
    const std::shared_ptr<Running> first = place->second;
    if (first->waiting >= kMaxWaiting) {
      return WithRetryDelay(
          MakeError(Reason::kOverloaded, "enough calls wait for the one with this request_id"),
          absl::Milliseconds(500));
    }
    ++first->waiting;
    while (!first->ended) {
      if (first->end.wait_until(mutex_, until) == std::cv_status::timeout && !first->ended) {
        --first->waiting;
        return WithField(
            MakeError(Reason::kDeadlineTooShort, "waiting for the call with the same request_id"),
            "waiting for the first call");
      }
    }
  }
}

void RunningSessions::Release(const Key& key) {
  MutexLock lock(mutex_);
  const auto place = running_.find(key);
  place->second->ended = true;
  place->second->end.notify_all();
  running_.erase(place);
}

}  // namespace enkrat::signer

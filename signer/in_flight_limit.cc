#include "signer/in_flight_limit.h"

#include <utility>

#include "common/reason.h"

namespace enkrat::signer {
namespace {

// Long enough for a burst to drain, short enough that nobody notices.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(200);

}  // namespace

InFlightLimit::Ticket::Ticket(Ticket&& other) noexcept
    : limit_(std::exchange(other.limit_, nullptr)), who_(std::move(other.who_)) {}

InFlightLimit::Ticket::~Ticket() {
  if (limit_ != nullptr) limit_->Leave(who_);
}

absl::StatusOr<InFlightLimit::Ticket> InFlightLimit::Enter(const std::string& who,
                                                           size_t limit_for_who) {
  MutexLock lock(mutex_);
  if (total_ >= total_limit_) {
    return WithRetryDelay(MakeError(Reason::kOverloaded, "too many calls in flight"), kRetryDelay);
  }
  size_t& count = by_who_[who];
  if (count >= limit_for_who) {
    return WithRetryDelay(
        MakeError(Reason::kRateLimited, "too many calls of this relying party in flight"),
        kRetryDelay);
  }
  ++count;
  ++total_;
  return Ticket(this, who);
}

size_t InFlightLimit::inside() const {
  MutexLock lock(mutex_);
  return total_;
}

void InFlightLimit::Leave(const std::string& who) {
  MutexLock lock(mutex_);
  --total_;
  const auto found = by_who_.find(who);
  if (--found->second == 0) by_who_.erase(found);
}

}  // namespace enkrat::signer

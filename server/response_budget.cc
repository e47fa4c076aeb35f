#include "server/response_budget.h"

#include <utility>

#include "common/reason.h"

namespace enkrat::server {
namespace {

// What a client needs to take an answer of some megabytes.
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

}  // namespace

ResponseBudget::Reservation::Reservation(Reservation&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)),
      who_(std::move(other.who_)),
      octets_(other.octets_) {}

ResponseBudget::Reservation::~Reservation() {
  if (budget_ != nullptr) budget_->Change(who_, octets_, 0);
}

void ResponseBudget::Reservation::Resize(size_t octets) {
  budget_->Change(who_, octets_, octets);
  octets_ = octets;
}

absl::StatusOr<ResponseBudget::Reservation> ResponseBudget::Reserve(const std::string& who,
                                                                    size_t octets) {
  MutexLock lock(mutex_);
  const auto found = by_who_.find(who);
  const size_t held = found == by_who_.end() ? 0 : found->second;
  if (total_ + octets > options_.total || held + octets > options_.for_each) {
    return WithRetryDelay(
        MakeError(Reason::kOverloaded, "too many octets of answers wait for their clients"),
        kRetryDelay);
  }
  total_ += octets;
  by_who_[who] = held + octets;
  return Reservation(this, who, octets);
}

size_t ResponseBudget::reserved() const {
  MutexLock lock(mutex_);
  return total_;
}

void ResponseBudget::Change(const std::string& who, size_t from, size_t to) {
  MutexLock lock(mutex_);
  total_ = total_ - from + to;
  size_t& held = by_who_[who];
  held = held - from + to;
  if (held == 0) by_who_.erase(who);
}

}  // namespace enkrat::server

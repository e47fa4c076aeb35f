#include "signer/timestamp_units.h"

#include <algorithm>

namespace enkrat::signer {
namespace {

bool IsUsable(const OwnUnit& own, absl::Time now) {
  return !own.unit->withdrawn() && own.unit->usable_from() <= now &&
         now <= own.unit->usable_until();
}

// Whether `a`, added after `b`, is to answer rather than `b`. Ahead of all others what works; of
// several the newest, which of two that began in the same second is the one added last. Where
// nothing works, what ended last says so.
bool Prefer(const OwnUnit& a, const OwnUnit& b, absl::Time now) {
  const bool a_usable = IsUsable(a, now);
  if (a_usable != IsUsable(b, now)) return a_usable;
  if (a_usable) return a.unit->usable_from() >= b.unit->usable_from();
  return a.unit->usable_until() >= b.unit->usable_until();
}

}  // namespace

TimestampUnits::Handle TimestampUnits::Choose(ByteSpan policy, absl::Time now) const {
  const auto best_of = [&](ByteSpan wanted) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const Handle* best = nullptr;
    for (const Handle& each : units_) {
      if (ByteSpan(each->unit->policy()) != wanted) continue;
      if (best == nullptr || Prefer(*each, **best, now)) best = &each;
    }
    return best;
  };
  MutexLock lock(mutex_);
  const Handle* found = policy.empty() ? nullptr : best_of(policy);
  if (found == nullptr) found = best_of(default_policy_);
  return *found;
}

void TimestampUnits::Add(Handle unit) {
  MutexLock lock(mutex_);
  for (Handle& each : units_) {
    if (each->unit->chain_der().front() != unit->unit->chain_der().front()) continue;
    each = std::move(unit);
    return;
  }
  units_.push_back(std::move(unit));
}

void TimestampUnits::DropEnded(absl::Time now) {
  MutexLock lock(mutex_);
  const auto has_heir = [&](const Handle& ended) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::any_of(units_.begin(), units_.end(), [&](const Handle& each) {
      return each->unit->policy() == ended->unit->policy() && IsUsable(*each, now);
    });
  };
  std::vector<Handle> kept;
  for (const Handle& each : units_) {
    if (each->unit->usable_until() >= now || !has_heir(each)) kept.push_back(each);
  }
  units_ = std::move(kept);
}

std::vector<TimestampUnits::Handle> TimestampUnits::All() const {
  MutexLock lock(mutex_);
  return units_;
}

}  // namespace enkrat::signer

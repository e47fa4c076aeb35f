#include "signer/hsm_turns.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"
#include "common/reason.h"

namespace enkrat::signer {

absl::StatusOr<HsmTurns::Turn> HsmTurns::Take(const std::string& relying_party, bool heavy,
                                              absl::Time deadline) {
  Waiter waiter;
  waiter.relying_party = relying_party;
  waiter.heavy = heavy;
  const auto until = absl::ToChronoTime(
      std::min(deadline, absl::Now() + absl::Minutes(5)));  // InfiniteFuture overflows chrono
  MutexLock lock(mutex_);
  const auto place = waiters_.insert(waiters_.end(), &waiter);
  CallNext();
  while (!waiter.called) {
    if (waiter.changed.wait_until(mutex_, until) == std::cv_status::timeout && !waiter.called) {
      waiters_.erase(place);
      return WithField(MakeError(Reason::kDeadlineTooShort, "waiting for a turn at the HSM"),
                       "waiting for the HSM");
    }
  }
  return Turn(this, heavy);
}

size_t HsmTurns::waiting() const {
  MutexLock lock(mutex_);
  return waiters_.size();
}

void HsmTurns::GiveBack(bool heavy) {
  MutexLock lock(mutex_);
  --taken_;
  if (heavy) --heavy_taken_;
  CallNext();
}

bool HsmTurns::Free(bool heavy) const {
  return taken_ < options_.turns && (!heavy || heavy_taken_ < options_.heavy_turns);
}

void HsmTurns::CallNext() {
  while (true) {
    // The next relying party by name after the one called last, round and round; its longest
    // waiting call that can go.
    auto next = waiters_.end();
    const auto sooner = [&last = last_called_](const Waiter& one, const Waiter& other) {
      const bool one_wraps = one.relying_party <= last;
      const bool other_wraps = other.relying_party <= last;
      return one_wraps != other_wraps ? other_wraps : one.relying_party < other.relying_party;
    };
    for (auto it = waiters_.begin(); it != waiters_.end(); ++it) {
      if (!Free((*it)->heavy)) continue;
      if (next == waiters_.end() || sooner(**it, **next)) next = it;
    }
    if (next == waiters_.end()) return;
    Waiter& called = **next;
    waiters_.erase(next);
    ++taken_;
    if (called.heavy) ++heavy_taken_;
    last_called_ = called.relying_party;
    called.called = true;
    called.changed.notify_one();
  }
}

}  // namespace enkrat::signer

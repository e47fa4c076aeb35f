#include "signer/hsm_turns.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/reason.h"

namespace enkrat::signer {

absl::StatusOr<HsmTurns::Turn> HsmTurns::Take(const std::string& relying_party, bool heavy,
                                              absl::Time deadline) {
  const auto until = absl::ToChronoTime(
      std::min(deadline, absl::Now() + absl::Minutes(5)));  // InfiniteFuture overflows chrono
  const auto waiter = std::make_shared<Waiter>(relying_party, heavy);
  Waiters called;
  {
    MutexLock lock(mutex_);
    waiters_.push_back(waiter);
    called = CallNext();
  }
  for (const auto& each : called) each->called.Give();
  if (waiter->called.WaitUntil(until)) return Turn(this, heavy);
  MutexLock lock(mutex_);
  const auto place = std::find(waiters_.begin(), waiters_.end(), waiter);
  if (place == waiters_.end()) return Turn(this, heavy);  // called just now
  waiters_.erase(place);
  return WithField(MakeError(Reason::kDeadlineTooShort, "waiting for a turn at the HSM"),
                   "waiting for the HSM");
}

size_t HsmTurns::waiting() const {
  MutexLock lock(mutex_);
  return waiters_.size();
}

void HsmTurns::GiveBack(bool heavy) {
  Waiters called;
  {
    MutexLock lock(mutex_);
    --taken_;
    if (heavy) --heavy_taken_;
    called = CallNext();
  }
  for (const auto& each : called) each->called.Give();
}

bool HsmTurns::Free(bool heavy) const {
  return taken_ < options_.turns && (!heavy || heavy_taken_ < options_.heavy_turns);
}

HsmTurns::Waiters HsmTurns::CallNext() {
  Waiters called;
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
    if (next == waiters_.end()) return called;
    const Waiter& waiter = **next;
    ++taken_;
    if (waiter.heavy) ++heavy_taken_;
    last_called_ = waiter.relying_party;
    called.splice(called.end(), waiters_, next);
  }
}

}  // namespace enkrat::signer

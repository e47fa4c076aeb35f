#include "signer/event_budget.h"

#include <utility>

namespace enkrat::signer {

std::optional<int64_t> EventBudget::Take(const std::string& relying_party) {
  MutexLock lock(mutex_);
  Budget& budget = budgets_[relying_party];
  if (budget.bucket.Take(kBurst, kPerSecond, clock_.SinceBoot()).has_value()) {
    ++budget.suppressed;
    return std::nullopt;
  }
  return std::exchange(budget.suppressed, 0);
}

}  // namespace enkrat::signer

#include "signer/rejection_evidence.h"

#include <algorithm>
#include <utility>

#include "signer/session_evidence.h"

namespace enkrat::signer {

void RejectionEvidence::Record(const RelyingParty& relying_party, const SigningRequest& request,
                               const absl::Status& why) {
  int64_t suppressed = 0;
  {
    MutexLock lock(mutex_);
    const absl::Duration now = clock_.SinceBoot();
    Budget& budget =
        budgets_.try_emplace(relying_party.id, Budget{.refilled_at = now}).first->second;
    budget.left = std::min(
        kBurst, budget.left + kPerSecond * absl::ToDoubleSeconds(now - budget.refilled_at));
    budget.refilled_at = now;
    if (budget.left < 1) {
      ++budget.suppressed;
      return;
    }
    budget.left -= 1;
    suppressed = std::exchange(budget.suppressed, 0);
  }
  const absl::Status kept =
      ledger_.RecordEvent(RejectedAssertion(clock_.Now(), relying_party, request, why, suppressed));
  if (!kept.ok() && logger_ != nullptr) {
    logger_->Error("evidence of a rejected assertion was not kept",
                   {{"request_id", request.intent.request_id}, {"why", kept.message()}});
  }
}

}  // namespace enkrat::signer

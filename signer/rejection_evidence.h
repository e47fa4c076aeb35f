// Evidence of assertions that were rejected: durable, within a budget for each relying party.
#ifndef ENKRAT_SIGNER_REJECTION_EVIDENCE_H_
#define ENKRAT_SIGNER_REJECTION_EVIDENCE_H_

#include "absl/status/status.h"
#include "common/clock.h"
#include "common/log.h"
#include "signer/event_budget.h"
#include "signer/relying_party.h"
#include "signer/signing_request.h"
#include "store/ledger.h"

namespace enkrat::signer {

// Thread-safe. Owns nothing.
class RejectionEvidence {
 public:
  RejectionEvidence(store::Ledger& ledger, const Clock& clock, Logger* logger)
      : ledger_(ledger), clock_(clock), logger_(logger), budget_(clock) {}

  // Records why the assertion was rejected, if the budget lets it. What the disk refuses goes to
  // the log: the answer is a rejection anyway.
  void Record(const RelyingParty& relying_party, const SigningRequest& request,
              const absl::Status& why);

 private:
  store::Ledger& ledger_;
  const Clock& clock_;
  Logger* logger_;
  EventBudget budget_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_REJECTION_EVIDENCE_H_

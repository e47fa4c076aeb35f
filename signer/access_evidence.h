// Evidence of relying parties that asked for what is another's: who asked and for which id,
// durable, within a budget.
#ifndef ENKRAT_SIGNER_ACCESS_EVIDENCE_H_
#define ENKRAT_SIGNER_ACCESS_EVIDENCE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/log.h"
#include "signer/event_budget.h"
#include "signer/relying_party.h"
#include "store/ledger.h"

namespace enkrat::signer {

// Thread-safe. Owns nothing.
class AccessEvidence {
 public:
  AccessEvidence(store::Ledger& ledger, const Clock& clock, Logger* logger)
      : ledger_(ledger), clock_(clock), logger_(logger), budget_(clock) {}

  // Records that `relying_party` asked for the `kind` ("serial_number", "request_id") `id`, which
  // is another's, and whose is not said. Blocks on the disk; what it refuses goes to the log,
  // because the answer is no anyway: kNotPermitted, always.
  absl::Status Deny(const RelyingParty& relying_party, absl::string_view kind,
                    absl::string_view id);

  // The answer for a request id of which `relying_party` has no session: kNotFound, or Deny's if
  // another has one. kStoreUnavailable.
  absl::Status DenyOrNotFound(const RelyingParty& relying_party, const std::string& request_id);

 private:
  store::Ledger& ledger_;
  const Clock& clock_;
  Logger* logger_;
  EventBudget budget_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_ACCESS_EVIDENCE_H_

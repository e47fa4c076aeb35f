#include "signer/rejection_evidence.h"

#include <optional>

#include "signer/session_evidence.h"

namespace enkrat::signer {

void RejectionEvidence::Record(const RelyingParty& relying_party, const SigningRequest& request,
                               const absl::Status& why) {
  const std::optional<int64_t> suppressed = budget_.Take(relying_party.id);
  if (!suppressed.has_value()) return;
  const absl::Status kept = ledger_.RecordEvent(
      RejectedAssertion(clock_.Now(), relying_party, request, why, *suppressed));
  if (!kept.ok() && logger_ != nullptr) {
    logger_->Error("evidence of a rejected assertion was not kept",
                   {{"request_id", request.intent.request_id}, {"why", kept.message()}});
  }
}

}  // namespace enkrat::signer

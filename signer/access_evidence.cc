#include "signer/access_evidence.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::signer {

absl::Status AccessEvidence::Deny(const RelyingParty& relying_party, absl::string_view kind,
                                  absl::string_view id) {
  absl::Status denied =
      MakeError(Reason::kNotPermitted, absl::StrCat("this ", kind, " is another relying party's"));
  const std::optional<int64_t> suppressed = budget_.Take(relying_party.id);
  if (!suppressed.has_value()) return denied;
  const nlohmann::ordered_json facts = {{"relying_party", relying_party.id},
                                        {"kind", std::string(kind)},
                                        {"id", std::string(id)},
                                        {"suppressed", *suppressed},
                                        {"reason", "NOT_PERMITTED"}};
  const absl::Status kept = ledger_.RecordEvent(
      {std::string(store::kAccessDeniedStep), clock_.Now(),
       facts.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)});
  if (!kept.ok() && logger_ != nullptr) {
    logger_->Error("evidence of a denied access was not kept",
                   {{"relying_party", relying_party.id}, {"why", kept.message()}});
  }
  return denied;
}

absl::Status AccessEvidence::DenyOrNotFound(const RelyingParty& relying_party,
                                            const std::string& request_id) {
  ENKRAT_ASSIGN_OR_RETURN(const bool known, ledger_.RequestIdIsKnown(request_id));
  if (known) return Deny(relying_party, "request_id", request_id);
  return MakeError(Reason::kNotFound, "no session with this request_id");
}

}  // namespace enkrat::signer

#include "signer/signing_pin_evidence.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/time_text.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kShortHashCharacters = 16;

store::EvidenceRecord Record(absl::string_view step, absl::Time at, const Json& facts) {
  return {.step = std::string(step),
          .at = at,
          .facts_json = facts.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

absl::string_view WrongStep(const WrongSecret& wrong) {
  if (wrong.puk) return wrong.tries_left == 0 ? "signing-pin-destroyed" : "signing-puk-wrong";
  return wrong.tries_left == 0 ? "signing-pin-locked" : "signing-pin-wrong";
}

absl::string_view StepOf(ActivationOperation operation) {
  switch (operation) {
    case ActivationOperation::kEnrol:
      return "signing-pin-enrolled";
    case ActivationOperation::kActivate:
      return "signing-pin-activated";
    case ActivationOperation::kChange:
      return "signing-pin-changed";
    case ActivationOperation::kUnblock:
      return "signing-pin-unblocked";
    case ActivationOperation::kGetStatus:
      return "signing-pin-status-read";
    case ActivationOperation::kRevoke:
      return "signing-pin-revoked";
  }
  return "signing-pin-act";
}

}  // namespace

store::EvidenceRecord WrongSecretEvidence(absl::Time at, const WrongSecret& wrong) {
  return Record(WrongStep(wrong), at,
                {{"relying_party", wrong.relying_party},
                 {"act", wrong.act},
                 {"credential_hmac", ToHex(wrong.credential_hash)},
                 {"tries_left", wrong.tries_left}});
}

store::EvidenceRecord ActivationEvidence(absl::Time at, const ActivationFacts& facts,
                                         const idp_client::VerifiedIdentity& identity,
                                         ByteSpan assertion) {
  return Record(
      StepOf(facts.operation), at,
      {{"relying_party", facts.relying_party},
       {"request_id", facts.request_id},
       {"credential_hmac", ToHex(facts.credential_hash)},
       {"issuer", identity.issuer},
       {"assertion_sha256", ToHex(Sha256(assertion))},
       {"level_of_assurance", std::string(LevelOfAssuranceName(identity.level_of_assurance))},
       {"authenticated_at", TimeText(identity.authenticated_at)}});
}

std::string ShortHash(ByteSpan credential_hash) {
  return ToHex(credential_hash).substr(0, kShortHashCharacters);
}

}  // namespace enkrat::signer

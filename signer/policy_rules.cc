#include "signer/policy_rules.h"

#include "common/reason.h"

namespace enkrat::signer {

absl::Status CheckPolicy(const Admission& admission, bool pins_in_use) {
  const LevelPolicy& policy = *admission.policy;
  const SigningRequest& request = admission.request;
  if (admission.relying_party->disabled->load()) {
    return MakeError(Reason::kRelyingPartyDisabled, "the relying party is disabled");
  }
  if (!policy.key_algorithms.empty() && policy.key_algorithms.count(request.key_algorithm) == 0) {
    return MakeError(Reason::kNotPermitted, "the policy has other key algorithms");
  }
  if (request.intent.kind == SignatureKind::kSeal &&
      policy.organizations.count(request.intent.organization_identifier) == 0) {
    return MakeError(Reason::kNotPermitted, "the relying party may not seal for the organisation");
  }
  const bool by_itself = policy.seal_authorization == SealAuthorization::kRelyingParty;
  if (by_itself != request.assertion.empty()) {
    return WithField(
        MakeError(Reason::kRequestMalformed,
                  by_itself ? "assertion: the relying party itself authorises its seals"
                            : "assertion: is empty"),
        "assertion");
  }
  if (policy.signing_pin && request.pin_proof == nullptr) {
    return MakeError(Reason::kSigningPinRequired, "the policy asks for the signing PIN");
  }
  // A PIN that nobody would look at is refused: its person believes that it counts.
  if (request.pin_proof != nullptr && (!pins_in_use || by_itself)) {
    return WithField(MakeError(Reason::kRequestMalformed, "pin_proof: no PINs are in use here"),
                     "pin_proof");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::signer

// Step 1's checks of what a policy says of a request, as far as the request alone shows it
// (docs/policy.md).
#ifndef ENKRAT_SIGNER_POLICY_RULES_H_
#define ENKRAT_SIGNER_POLICY_RULES_H_

#include "absl/status/status.h"
#include "signer/admission.h"

namespace enkrat::signer {

// Of an admission whose relying_party, policy and request are there. kRelyingPartyDisabled;
// kNotPermitted for a key algorithm or an organisation that the policy does not name;
// kRequestMalformed for an assertion where the relying party itself authorises, for none where it
// does not, and for a PIN that nobody would look at; kSigningPinRequired.
absl::Status CheckPolicy(const Admission& admission, bool pins_in_use);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_POLICY_RULES_H_

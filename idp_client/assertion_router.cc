#include "idp_client/assertion_router.h"

#include "common/reason.h"

namespace enkrat::idp_client {

absl::StatusOr<VerifiedIdentity> AssertionRouter::Verify(const AssertionCheck& check) {
  IdentityVerifier* verifier = nullptr;
  switch (check.type) {
    case AssertionType::kOidcIdToken:
      verifier = verifiers_.oidc;
      break;
    case AssertionType::kSamlResponse:
      verifier = verifiers_.saml;
      break;
  }
  if (verifier == nullptr) {
    return MakeError(Reason::kAssertionRejected,
                     "no identity provider is configured for this type of assertion");
  }
  return verifier->Verify(check);
}

}  // namespace enkrat::idp_client

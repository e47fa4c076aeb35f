// One verifier for assertions of every type: passes each to the verifier of its type.
#ifndef ENKRAT_IDP_CLIENT_ASSERTION_ROUTER_H_
#define ENKRAT_IDP_CLIENT_ASSERTION_ROUTER_H_

#include "absl/status/statusor.h"
#include "idp_client/identity_verifier.h"

namespace enkrat::idp_client {

// Thread-safe. The type is the caller's word, never guessed from the octets: an assertion is held
// against the rules of one protocol only.
class AssertionRouter final : public IdentityVerifier {
 public:
  // Not owned; null where no provider of the type is configured.
  struct Verifiers {
    IdentityVerifier* oidc = nullptr;
    IdentityVerifier* saml = nullptr;
  };
  explicit AssertionRouter(Verifiers verifiers) : verifiers_(verifiers) {}

  // What the verifier of the type answers; kAssertionRejected if there is none.
  absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck& check) override;

 private:
  const Verifiers verifiers_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_ASSERTION_ROUTER_H_

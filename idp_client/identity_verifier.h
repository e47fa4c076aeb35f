// Assertion in, VerifiedIdentity out, whatever the protocol.
#ifndef ENKRAT_IDP_CLIENT_IDENTITY_VERIFIER_H_
#define ENKRAT_IDP_CLIENT_IDENTITY_VERIFIER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "idp_client/level_of_assurance.h"
#include "idp_client/verified_identity.h"

namespace enkrat::idp_client {

// What the caller demands of one assertion.
struct AssertionCheck {
  ByteSpan assertion;  // as received; compact JWS for OpenID Connect
  // base64url(SAD): what `nonce` must be.
  std::string expected_nonce;
  // False: an assertion without any nonce passes too (bound = false then); another nonce never
  // does.
  bool binding_required = true;
  LevelOfAssurance minimal_level_of_assurance = LevelOfAssurance::kHigh;
  // Longest time between authentication and now.
  absl::Duration max_authentication_age = absl::Seconds(180);
  // `iss` values that count for this relying party; empty: all that are configured.
  std::vector<std::string> accepted_issuers;
  // For fetching keys.
  absl::Time deadline = absl::InfiniteFuture();
};

// Thread-safe.
class IdentityVerifier {
 public:
  virtual ~IdentityVerifier() = default;

  // Errors: kAssertionRejected (its message says precisely why, for the evidence; the client is not
  // told), kLevelOfAssuranceTooLow (genuine, but below the minimum), kIdpKeysUnavailable (the keys
  // could not be had: nothing is known of the assertion).
  virtual absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck& check) = 0;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_IDENTITY_VERIFIER_H_

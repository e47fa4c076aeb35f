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

enum class AssertionType {
  kOidcIdToken,   // compact JWS
  kSamlResponse,  // a samlp:Response, as XML or as the base64 of it that the HTTP POST binding
                  // sends
};

// A document as the person was shown it.
struct AuthorizedDocument {
  std::string label;
  std::string digest_algorithm_oid;  // dotted decimal
  Bytes digest;
};

// What the person authorised, in the second form that an ID token may carry it (RFC 9396
// authorization_details; docs/identity.md): readable, so that the provider can show it.
struct AuthorizedAct {
  std::string relying_party;
  std::string request_id;
  std::string level;  // name of enkrat.v1.SignatureLevel without its prefix, such as "ADVANCED"
  std::string kind;   // "SIGNATURE" or "SEAL"
  std::string organization_identifier;  // of a seal
  std::vector<AuthorizedDocument> documents;
};

// What the caller demands of one assertion.
struct AssertionCheck {
  AssertionType type = AssertionType::kOidcIdToken;
  ByteSpan assertion;  // as received
  // base64url(SAD): what `nonce` must be.
  std::string expected_nonce;
  // "_" and hex(SAD): what InResponseTo must be (SAML).
  std::string expected_in_response_to = {};
  // What authorization_details must say, octet by octet, where they bind instead of the nonce;
  // null: the act has no documents, and details that say some are of another act. Not owned.
  const AuthorizedAct* authorized_act = nullptr;
  // False: an assertion without any nonce passes too (bound = false then); another nonce never
  // does. A SAML assertion without InResponseTo likewise.
  bool binding_required = true;
  LevelOfAssurance minimal_level_of_assurance = LevelOfAssurance::kHigh;
  // Longest time between authentication and now.
  absl::Duration max_authentication_age = absl::Seconds(180);
  // `iss` values that count for this relying party; empty: all that are configured.
  std::vector<std::string> accepted_issuers;
  // Client ids (SAML: audiences) of which the assertion must name one; empty: any of the provider's
  // settings.
  std::vector<std::string> accepted_audiences = {};
  // For fetching keys.
  absl::Time deadline = absl::InfiniteFuture();
};

// Thread-safe.
class IdentityVerifier {
 public:
  virtual ~IdentityVerifier() = default;

  // Errors: kAssertionRejected (its message says precisely why, for the evidence; the client is not
  // told), kLevelOfAssuranceTooLow (genuine, but below the minimum; with StepUp),
  // kIdpKeysUnavailable (the keys could not be had: nothing is known of the assertion).
  virtual absl::StatusOr<VerifiedIdentity> Verify(const AssertionCheck& check) = 0;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_IDENTITY_VERIFIER_H_

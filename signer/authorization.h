// Step 2: who authorises the act, and whether they may (docs/policy.md). Nothing is spent here.
#ifndef ENKRAT_SIGNER_AUTHORIZATION_H_
#define ENKRAT_SIGNER_AUTHORIZATION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "idp_client/identity_verifier.h"
#include "idp_client/verified_identity.h"
#include "signer/admission.h"
#include "signer/rejection_evidence.h"
#include "signer/signing_pin.h"

namespace enkrat::signer {

// The act in words, for an assertion that carries them instead of the SAD (RFC 9396).
idp_client::AuthorizedAct AuthorizedActOf(absl::string_view relying_party,
                                          const SigningIntent& intent);
// The ID of the SAML AuthnRequest that asks the person for this act: "_" and hex(SAD).
std::string AuthnRequestId(const SignatureActivationData& sad);

// By what right the act is done.
enum class AuthorizedBy {
  kPerson,          // a natural person, for themselves
  kMandate,         // a natural person with a mandate in the assertion, for an organisation
  kRepresentative,  // a natural person whom the configuration names, for an organisation
  kRelyingParty,    // the relying party itself, by its client certificate, for an organisation
};

// "PERSON", "MANDATE", "REPRESENTATIVE", "RELYING_PARTY".
absl::string_view AuthorizedByName(AuthorizedBy by);

struct Authorization {
  // Of the natural person. With kRelyingParty there is none: `issuer` is kNoProvider then, and
  // `subject` and `assertion_id` are the relying party's id and its request_id.
  idp_client::VerifiedIdentity identity;
  AuthorizedBy by = AuthorizedBy::kPerson;
  std::optional<idp_client::Mandate> mandate;  // with kMandate: the one that counted
  std::optional<PinReceipt> pin;               // where a signing PIN was verified
};

// No provider can be configured under this name.
inline constexpr char kNoProvider[] = "relying-party";

// Thread-safe. Owns nothing.
class Authorizer {
 public:
  struct Parts {
    idp_client::IdentityVerifier* identities = nullptr;
    SigningPins* pins = nullptr;  // optional
    RejectionEvidence* rejections = nullptr;
    const Clock* clock = nullptr;
  };

  explicit Authorizer(Parts parts) : parts_(parts) {}

  // The assertion is verified against the policy; its person may sign, or seal for the organisation
  // (a mandate in the assertion counts before a configured representative); the certificate can
  // name them; the signing PIN, if there is one, is right. In this order: a PIN can be tried only
  // by who has the person's own fresh assertion. Blocks on the provider's keys.
  // Errors: IdentityVerifier's; kAuthenticationMethodInsufficient (with StepUp); kMandateMissing;
  // kAssertionRejected if no certificate can hold the person's names; SigningPins'. All but what is
  // merely away leaves evidence.
  absl::StatusOr<Authorization> Authorize(const Admission& admission) const;

 private:
  absl::StatusOr<Authorization> AuthorizePerson(const Admission& admission) const;

  const Parts parts_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_AUTHORIZATION_H_

#include "signer/authorization.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/certificate_subject.h"

namespace enkrat::signer {
namespace {

using idp_client::VerifiedIdentity;

// How a relying party authenticates (SAML 2.0 Authentication Context 3.4.14).
constexpr char kTlsClient[] = "urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient";

idp_client::AssertionCheck CheckOf(const Admission& admission,
                                   const idp_client::AuthorizedAct& act) {
  const LevelPolicy& policy = *admission.policy;
  return {.type = admission.request.assertion_type,
          .assertion = admission.request.assertion,
          .expected_nonce = ToBase64Url(admission.sad),
          .expected_in_response_to = AuthnRequestId(admission.sad),
          .authorized_act = &act,
          .binding_required = policy.binding_required,
          .minimal_level_of_assurance = policy.minimal_level_of_assurance,
          .max_authentication_age = policy.max_authentication_age,
          .accepted_issuers = policy.issuers,
          .accepted_audiences = admission.relying_party->audiences,
          .deadline = admission.request.deadline};
}

absl::Status CheckMethods(const LevelPolicy& policy, const VerifiedIdentity& identity) {
  const auto& accepted = policy.authentication_methods;
  const auto& used = identity.authentication_methods;
  if (accepted.empty() || std::find_first_of(used.begin(), used.end(), accepted.begin(),
                                             accepted.end()) != used.end()) {
    return absl::OkStatus();
  }
  return WithStepUp(MakeError(Reason::kAuthenticationMethodInsufficient,
                              "the policy asks for another authentication method (amr)"),
                    {.acr_values = {}, .max_age = policy.max_authentication_age, .amr = accepted});
}

// Whether the person may seal for the organisation, and by what right.
absl::Status CheckMandate(const Organization& organization, Authorization& authorization) {
  const VerifiedIdentity& identity = authorization.identity;
  const std::set<std::string>& vouching = organization.mandate_issuers;
  const bool counts = vouching.empty() || vouching.count(identity.issuer) > 0;
  for (const idp_client::Mandate& mandate : identity.mandates) {
    if (!counts || mandate.organization_identifier != organization.organization_identifier) {
      continue;
    }
    authorization.by = AuthorizedBy::kMandate;
    authorization.mandate = mandate;
    return absl::OkStatus();
  }
  if (organization.representatives.count({identity.issuer, identity.subject}) == 0) {
    return MakeError(Reason::kMandateMissing, "the person may not seal for the organisation");
  }
  authorization.by = AuthorizedBy::kRepresentative;
  return absl::OkStatus();
}

// A genuine assertion about somebody whose names no certificate can hold is found out before it is
// spent. The keyed hash is the HSM's to make; any stands for it here.
absl::Status CheckNames(const Admission& admission, const VerifiedIdentity& identity) {
  const auto named = CertificateSubject(identity, Bytes(32), admission.profile->spec().names);
  if (named.ok()) return absl::OkStatus();
  return MakeError(Reason::kAssertionRejected,
                   absl::StrCat("no certificate can name this person: ", named.status().message()));
}

// What says nothing about the assertion or the person leaves no evidence about them.
bool IsWorthEvidence(const absl::Status& why) {
  switch (ReasonOf(why)) {
    case Reason::kIdpKeysUnavailable:
    case Reason::kHsmUnavailable:
    case Reason::kStoreUnavailable:
    case Reason::kOverloaded:
    case Reason::kRequestMalformed:
      return false;
    default:
      return true;
  }
}

}  // namespace

idp_client::AuthorizedAct AuthorizedActOf(absl::string_view relying_party,
                                          const SigningIntent& intent) {
  idp_client::AuthorizedAct act = {.relying_party = std::string(relying_party),
                                   .request_id = intent.request_id,
                                   .level = std::string(LevelName(intent.level)),
                                   .kind = std::string(KindName(intent.kind)),
                                   .organization_identifier = intent.organization_identifier,
                                   .documents = {}};
  for (const Document& document : intent.documents) {
    act.documents.push_back(
        {.label = document.label,
         .digest_algorithm_oid = std::string(DigestOid(document.digest_algorithm)),
         .digest = document.digest});
  }
  return act;
}

std::string AuthnRequestId(const SignatureActivationData& sad) {
  return absl::StrCat("_", ToHex(sad));
}

absl::string_view AuthorizedByName(AuthorizedBy by) {
  switch (by) {
    case AuthorizedBy::kPerson:
      return "PERSON";
    case AuthorizedBy::kMandate:
      return "MANDATE";
    case AuthorizedBy::kRepresentative:
      return "REPRESENTATIVE";
    case AuthorizedBy::kRelyingParty:
      return "RELYING_PARTY";
  }
  return "UNKNOWN";
}

absl::StatusOr<Authorization> Authorizer::Authorize(const Admission& admission) const {
  if (admission.policy->seal_authorization == SealAuthorization::kRelyingParty) {
    Authorization authorization;
    authorization.by = AuthorizedBy::kRelyingParty;
    VerifiedIdentity& itself = authorization.identity;
    itself.issuer = kNoProvider;
    itself.subject = admission.relying_party->id;
    itself.assertion_id =
        absl::StrCat(admission.relying_party->id, " ", admission.request.intent.request_id);
    itself.authenticated_at = parts_.clock->Now();
    itself.assertion_expires_at = itself.authenticated_at;
    itself.authentication_context = kTlsClient;
    itself.bound = true;  // the request itself is what the relying party said
    return authorization;
  }
  absl::StatusOr<Authorization> authorization = AuthorizePerson(admission);
  if (!authorization.ok() && IsWorthEvidence(authorization.status())) {
    parts_.rejections->Record(*admission.relying_party, admission.request, authorization.status());
  }
  return authorization;
}

absl::StatusOr<Authorization> Authorizer::AuthorizePerson(const Admission& admission) const {
  Authorization authorization;
  const idp_client::AuthorizedAct act =
      AuthorizedActOf(admission.relying_party->id, admission.request.intent);
  ENKRAT_ASSIGN_OR_RETURN(authorization.identity,
                          parts_.identities->Verify(CheckOf(admission, act)));
  const VerifiedIdentity& identity = authorization.identity;
  ENKRAT_RETURN_IF_ERROR(CheckMethods(*admission.policy, identity));
  if (admission.organization != nullptr) {
    ENKRAT_RETURN_IF_ERROR(CheckMandate(*admission.organization, authorization));
  } else {
    ENKRAT_RETURN_IF_ERROR(CheckNames(admission, identity));
  }
  if (admission.request.pin_proof == nullptr) return authorization;
  ENKRAT_ASSIGN_OR_RETURN(authorization.pin, parts_.pins->VerifyForSigning(
                                                 {.relying_party = admission.relying_party->id,
                                                  .identity = identity,
                                                  .proof = *admission.request.pin_proof,
                                                  .session_sad = admission.sad,
                                                  .deadline = admission.request.deadline}));
  return authorization;
}

}  // namespace enkrat::signer

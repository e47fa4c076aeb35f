#include "signer/session_subject.h"

#include "signer/person_record.h"

namespace enkrat::signer {

absl::StatusOr<NamedSubject> SubjectOf(const Admission& admission,
                                       const Authorization& authorization, ByteSpan person_hash) {
  const ca::SubjectNames names = admission.profile->spec().names;
  if (admission.organization != nullptr) {
    return OrganizationSubject(*admission.organization, names);
  }
  return CertificateSubject(authorization.identity, person_hash, names);
}

std::optional<ca::AuthenticationContext> AuthenticationContextOf(
    const Admission& admission, const idp_client::VerifiedIdentity& identity) {
  if (!admission.profile->spec().authentication_context) return std::nullopt;
  return ca::AuthenticationContext{.identity_provider = identity.issuer,
                                   .authentication_instant = identity.authenticated_at,
                                   .context_class = identity.authentication_context,
                                   .assertion_reference = identity.assertion_id,
                                   .service_id = admission.relying_party->id};
}

std::optional<store::PersonRecord> PersonOf(const Authorization& authorization,
                                            ByteSpan person_hash) {
  if (authorization.by == AuthorizedBy::kRelyingParty) return std::nullopt;
  const std::optional<idp_client::Mandate>& mandate = authorization.mandate;
  return MakePersonRecord(authorization.identity, person_hash,
                          mandate.has_value() ? &*mandate : nullptr);
}

}  // namespace enkrat::signer

// Whom a session is for: in the certificate, and in what is kept of the person.
#ifndef ENKRAT_SIGNER_SESSION_SUBJECT_H_
#define ENKRAT_SIGNER_SESSION_SUBJECT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "ca/authentication_context.h"
#include "common/bytes.h"
#include "signer/admission.h"
#include "signer/authorization.h"
#include "signer/certificate_subject.h"
#include "store/records.h"

namespace enkrat::signer {

// The person, or the organisation that is sealed for. `person_hash`: keyed hash of PersonOctets.
// Errors: CertificateSubject's and OrganizationSubject's.
absl::StatusOr<NamedSubject> SubjectOf(const Admission& admission,
                                       const Authorization& authorization, ByteSpan person_hash);

// How the person was authenticated, not who (RFC 7773), if the profile asks for it.
std::optional<ca::AuthenticationContext> AuthenticationContextOf(
    const Admission& admission, const idp_client::VerifiedIdentity& identity);

// Whom the session was for; nobody, where the relying party itself sealed.
std::optional<store::PersonRecord> PersonOf(const Authorization& authorization,
                                            ByteSpan person_hash);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SESSION_SUBJECT_H_

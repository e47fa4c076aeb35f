// The person that an identity provider vouches for, as the subject of a one-time certificate.
#ifndef ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_
#define ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ca/subject.h"
#include "common/bytes.h"
#include "idp_client/verified_identity.h"

namespace enkrat::signer {

// The octets that stand for a person: "enkrat/person/v1" 0x00 item(relying party) item(issuer)
// item(subject), items length-prefixed as in the SAD. Only their keyed hash leaves the program.
Bytes PersonOctets(const idp_client::VerifiedIdentity& identity, absl::string_view relying_party);

// serialNumber comes from the provider's identifier claim where one is mapped (EN 319 412-1 5.1.3),
// else it is a pairwise pseudonym, such as "EIDSI-" and 32 hex characters of the keyed hash of the
// person: the same for one person at one relying party, unlinkable across relying parties, and not
// guessable back (docs/conformity.md, privacy). Errors: ca::CheckSubject's.
absl::StatusOr<ca::Subject> CertificateSubject(const idp_client::VerifiedIdentity& identity,
                                               ByteSpan person_hash);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_

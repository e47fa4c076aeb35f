// The person that an identity provider vouches for, or the organisation that seals, as the subject
// of a one-time certificate.
#ifndef ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_
#define ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ca/profile.h"
#include "ca/subject.h"
#include "common/bytes.h"
#include "idp_client/verified_identity.h"
#include "signer/organization.h"

namespace enkrat::signer {

// The octets that stand for a person: "enkrat/person/v1" 0x00 item(relying party) item(issuer)
// item(subject), items length-prefixed as in the SAD. Only their keyed hash leaves the program.
Bytes PersonOctets(const idp_client::VerifiedIdentity& identity, absl::string_view relying_party);

// A subject, and what was done to its names: the evidence tells it (EN 319 412-2 NAT-4.2.4-12A).
struct NamedSubject {
  ca::Subject subject;
  // The attributes that were transliterated, such as "givenName"; never their values.
  std::vector<std::string> transliterated{};
  std::string method{};  // and how, such as "ICU 72.1 Any-Latin; NFC"; empty if none were
  std::string reason{};  // and why; empty if none were
};

// serialNumber comes from the provider's identifier claim where one is mapped (EN 319 412-1 5.1.3),
// else it is a pairwise pseudonym, such as "EIDSI-" and 32 hex characters of the keyed hash of the
// person: the same for one person at one relying party, unlinkable across relying parties, and not
// guessable back (docs/conformity.md, privacy). With SubjectNames::kPseudonym it always is, and the
// name is the provider's pseudonym, else "pseudonym-" and 16 other characters of that hash.
// `person_hash`: 32 octets. Names of different scripts are refused (NAT-4.2.4-13).
// Errors: ca::CheckSubject's; kRequestMalformed where a name has no Latin form and needs one.
absl::StatusOr<NamedSubject> CertificateSubject(
    const idp_client::VerifiedIdentity& identity, ByteSpan person_hash,
    ca::SubjectNames names = ca::SubjectNames::kAsGiven);

// The subject of a seal (EN 319 412-3 4.2.1). Errors as above.
absl::StatusOr<NamedSubject> OrganizationSubject(
    const Organization& organization, ca::SubjectNames names = ca::SubjectNames::kAsGiven);

// The name that people are shown: common name, or pseudonym.
const std::string& DisplayName(const ca::Subject& subject);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_SUBJECT_H_

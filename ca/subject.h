// Whom a one-time certificate names: a natural person by name or by pseudonym (EN 319 412-2 4.2.4),
// or a legal person (EN 319 412-3 4.2.1).
#ifndef ENKRAT_CA_SUBJECT_H_
#define ENKRAT_CA_SUBJECT_H_

#include <string>

#include "absl/status/status.h"
#include "ca/semantics_identifier.h"
#include "common/bytes.h"

namespace enkrat::ca {

enum class SubjectKind {
  kNaturalPerson,  // C, CN, givenName and/or surname, serialNumber
  kPseudonym,      // C, CN, pseudonym, serialNumber: a natural person without names
  kLegalPerson,    // C, O, organizationIdentifier, CN
};

// Texts in UTF-8, NFC. Only the attributes of its kind may be filled.
struct Subject {
  SubjectKind kind = SubjectKind::kNaturalPerson;
  std::string country;     // C: ISO 3166-1 alpha-2, upper case
  std::string given_name;  // at least one of given_name and surname
  std::string surname;
  // CN; empty: "given_name surname", the pseudonym, or the organisation. That of a pseudonym is the
  // pseudonym.
  std::string common_name{};
  // serialNumber of a natural person with the semantics of EN 319 412-1 5.1.3, such as
  // "EIDSI-2f6c..."; required, at most 64 PrintableString characters.
  std::string serial_number;
  // X.520 pseudonym (2.5.4.65), which marks the name as one (NAT-4.2.4-1).
  std::string pseudonym{};
  // O, the full registered name, and organizationIdentifier (2.5.4.97) with the semantics of
  // EN 319 412-1 5.1.4, such as "VATSI-12345678"; they differ.
  std::string organization{};
  std::string organization_identifier{};
};

// OK, or kRequestMalformed/kLimitExceeded naming the attribute (never its value): missing ones,
// those of another kind, X.520 upper bounds, control or format characters, grammar of the
// identifiers.
absl::Status CheckSubject(const Subject& subject);

// CN as it will be in the certificate.
std::string CommonNameOf(const Subject& subject);

// DER Name of a subject that CheckSubject accepts: C, CN, GN, SN, serialNumber; C, CN, pseudonym,
// serialNumber; or C, O, organizationIdentifier, CN. UTF8String, for C and serialNumber
// PrintableString.
Bytes EncodeSubject(const Subject& subject);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_SUBJECT_H_

// Whom a one-time certificate names (EN 319 412-2 4.2.4, EN 319 412-3 4.2.1).
#ifndef ENKRAT_CA_SUBJECT_H_
#define ENKRAT_CA_SUBJECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::ca {

// A natural person. Texts in UTF-8, NFC.
struct Subject {
  std::string country;     // C: ISO 3166-1 alpha-2, upper case
  std::string given_name;  // at least one of given_name and surname
  std::string surname;
  // CN; empty: "given_name surname".
  std::string common_name{};
  // serialNumber with the semantics of EN 319 412-1 5.1.3, such as "EIDSI-2f6c..."; required, at
  // most 64 PrintableString characters.
  std::string serial_number;
};

// OK, or kRequestMalformed/kLimitExceeded naming the attribute (never its value): missing ones,
// X.520 upper bounds, control or format characters, grammar of the serial number.
absl::Status CheckSubject(const Subject& subject);

// CN as it will be in the certificate.
std::string CommonNameOf(const Subject& subject);

// DER Name of a subject that CheckSubject accepts: C, CN, GN, SN, serialNumber; UTF8String, for C
// and serialNumber PrintableString.
Bytes EncodeSubject(const Subject& subject);

// Two upper-case letters, as in ISO 3166-1 alpha-2.
bool IsCountryShape(absl::string_view text);
// Only characters of PrintableString (X.680 41.4).
bool IsPrintableString(absl::string_view text);
// TYPE CC "-" identifier of EN 319 412-1 5.1.3: PAS, IDC, PNO, TIN or EID. TAX is deprecated;
// national types ("XX:") need a nameRegistrationAuthorities URI that the certificates do not carry.
bool IsNaturalPersonIdentifier(absl::string_view text);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_SUBJECT_H_

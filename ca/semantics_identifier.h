// Identifiers whose meaning a certificate vouches for with its semantics statement: of a natural
// person in serialNumber, of a legal person in organizationIdentifier (EN 319 412-1 5.1.3, 5.1.4).
#ifndef ENKRAT_CA_SEMANTICS_IDENTIFIER_H_
#define ENKRAT_CA_SEMANTICS_IDENTIFIER_H_

#include "absl/strings/string_view.h"

namespace enkrat::ca {

// Two upper-case letters, as in ISO 3166-1 alpha-2.
bool IsCountryShape(absl::string_view text);

// Only characters of PrintableString (X.680 41.4).
bool IsPrintableString(absl::string_view text);

// TYPE CC "-" identifier of EN 319 412-1 5.1.3: PAS, IDC, PNO, TIN or EID. TAX is deprecated;
// national types ("XX:") need a nameRegistrationAuthorities URI that the certificates do not carry.
bool IsNaturalPersonIdentifier(absl::string_view text);

// TYPE CC ["+" subdivision] "-" identifier of EN 319 412-1 5.1.4, of PrintableString characters:
// VAT, NTR, PSD (TS 119 495: authority "-" authorisation), EOR, EXC, and LEI with country XG and
// the 20 characters of ISO 17442. A subdivision of 1 to 3 upper-case letters or digits goes with
// NTR only. National types are refused as above.
bool IsLegalPersonIdentifier(absl::string_view text);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_SEMANTICS_IDENTIFIER_H_

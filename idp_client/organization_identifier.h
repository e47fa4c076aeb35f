// The identifier of a legal person as certificates and mandates carry it (EN 319 412-1 5.1.4).
#ifndef ENKRAT_IDP_CLIENT_ORGANIZATION_IDENTIFIER_H_
#define ENKRAT_IDP_CLIENT_ORGANIZATION_IDENTIFIER_H_

#include "absl/strings/string_view.h"

namespace enkrat::idp_client {

// Longest identifier, in characters.
inline constexpr size_t kMaxOrganizationIdentifierCharacters = 64;

// True for a scheme (VAT, NTR, PSD, LEI, EOR, EXC, or two letters A-Z and a colon for a national
// one), a country (two letters A-Z) with an optional "+" and one to three of A-Z and 0-9 for a part
// of it, a hyphen, and a reference in the characters of PrintableString without the space: at most
// 64 characters in all. Such as "VATSI-12345678", "LEIXG-529900T8BM49AURSDO55", "NTRDE+HRB-1".
bool IsOrganizationIdentifier(absl::string_view text);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_ORGANIZATION_IDENTIFIER_H_

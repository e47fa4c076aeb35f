// What a person's attributes must look like to go into a certificate, whichever protocol brought
// them. One rule a function. `what` names the claim or attribute in the message; the messages never
// hold its value. All answer kAssertionRejected.
#ifndef ENKRAT_IDP_CLIENT_PERSON_RULES_H_
#define ENKRAT_IDP_CLIENT_PERSON_RULES_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enkrat::idp_client {

// The provider's own name for the person: visible (common/text.h) as it is, 1 to 255 characters.
// Its octets are kept: two that look alike are two persons.
absl::Status CheckSubject(absl::string_view what, absl::string_view subject);

// Longest name and pseudonym (X.520 upper bounds), and longest name of an organisation.
inline constexpr size_t kMaxNameCharacters = 64;
inline constexpr size_t kMaxOrganizationCharacters = 256;

// A text in NFC that is visible, 1 to `max_characters` characters. Empty stays empty.
absl::StatusOr<std::string> NormalisedAttribute(absl::string_view what, const std::string& raw,
                                                size_t max_characters = kMaxNameCharacters);
// Likewise, at most 64, with a letter in it.
absl::StatusOr<std::string> NormalisedName(absl::string_view what, const std::string& raw);

// ISO 3166-1 alpha-2, upper case.
absl::Status CheckCountry(absl::string_view what, absl::string_view country);

// For serialNumber: 1 to 58 characters of PrintableString without the space. An EID of the form of
// our pseudonyms (32 hex digits, signer/certificate_subject.h) is refused, so that no provider can
// name another's person.
absl::Status CheckIdentifier(absl::string_view what, absl::string_view type,
                             absl::string_view identifier);

// A real day, YYYY-MM-DD (ISO 8601), from 1850 on.
absl::Status CheckDateOfBirth(absl::string_view what, absl::string_view date);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_PERSON_RULES_H_

// What a caller demands of an assertion, in the words of its provider: the same for every protocol.
#ifndef ENKRAT_IDP_CLIENT_ASSURANCE_DEMANDS_H_
#define ENKRAT_IDP_CLIENT_ASSURANCE_DEMANDS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "idp_client/identity_verifier.h"
#include "idp_client/level_of_assurance.h"

namespace enkrat::idp_client {

// The provider's words for its levels.
using LevelTable = std::map<std::string, LevelOfAssurance>;

// The audiences that the assertion may be for: of `ours`, those that count for the relying party.
std::vector<std::string> AudiencesOf(const std::vector<std::string>& ours,
                                     const AssertionCheck& check);

// The values of the table that are at least `minimum`, at most 16, the strongest last: what a
// client asks for as acr_values (RFC 9470 3), a list with spaces between: values with spaces in
// them cannot be asked for. Empty if the provider has none.
std::vector<std::string> ValuesOfAtLeast(LevelOfAssurance minimum, const LevelTable& levels);

// kLevelOfAssuranceTooLow: what is genuine but not enough, and what would be (RFC 9470).
absl::Status LevelTooLow(LevelOfAssurance level, const LevelTable& levels,
                         const AssertionCheck& check);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_ASSURANCE_DEMANDS_H_

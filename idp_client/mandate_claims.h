// The claim with the legal persons for whom the person may act, as the provider vouches for it.
#ifndef ENKRAT_IDP_CLIENT_MANDATE_CLAIMS_H_
#define ENKRAT_IDP_CLIENT_MANDATE_CLAIMS_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "idp_client/verified_identity.h"

namespace enkrat::idp_client {

inline constexpr size_t kMaxMandates = 16;

// The mandates in the claim of that name; none if `name` is empty or there is no such claim.
// kAssertionRejected for what is not an array of at most 16 organisation identifiers
// (organization_identifier.h), each a text or an object of organization_identifier and, if at all,
// organization (a visible text of at most 256 characters, brought to NFC). Another member is
// refused too: it could narrow the mandate. The message names the claim, never its value.
absl::StatusOr<std::vector<Mandate>> ReadMandates(const nlohmann::json& claims,
                                                  const std::string& name);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_MANDATE_CLAIMS_H_

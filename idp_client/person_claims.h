// The claims that say who the person is, as attributes that may go into a certificate.
#ifndef ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_
#define ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_

#include <nlohmann/json_fwd.hpp>

#include "absl/status/status.h"
#include "idp_client/oidc_verifier.h"
#include "idp_client/verified_identity.h"

namespace enkrat::idp_client {

// Fills subject, names, pseudonym, country, identifier, date of birth and mandates, by the rules of
// person_rules.h. An empty name counts as none; one of the two must be there, unless there is a
// pseudonym. What the mapping asks for besides must be there, but for mandates, which most people
// have none of. kAssertionRejected; the message names the claim, never its value.
absl::Status ReadPerson(const nlohmann::json& claims, const ClaimMapping& mapping,
                        VerifiedIdentity& identity);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_

// The claims that say who the person is, as attributes that may go into a certificate.
#ifndef ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_
#define ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_

#include <nlohmann/json_fwd.hpp>

#include "absl/status/status.h"
#include "idp_client/oidc_verifier.h"
#include "idp_client/verified_identity.h"

namespace enkrat::idp_client {

// Fills subject, names, pseudonym, country, identifier, date of birth and mandates. Texts are
// brought to NFC and then must be visible (common/text.h): 1 to 64 characters each (X.520 upper
// bounds), a letter in each name. `sub` must be visible as it is, 1 to 255 characters (OpenID
// Connect Core 1.0 section 2), and keeps its octets: two subs that look alike are two persons. An
// empty name counts as none; one of the two must be there, unless there is a pseudonym. What the
// mapping asks for besides must be there, but for mandates, which most people have none of; an EID
// of the form of our pseudonyms (32 hex digits, signer/certificate_subject.h) is refused, so that
// no provider can name another's person; a date of birth is a real day, YYYY-MM-DD, from 1850 on.
// kAssertionRejected; the message names the claim, never its value.
absl::Status ReadPerson(const nlohmann::json& claims, const ClaimMapping& mapping,
                        VerifiedIdentity& identity);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_PERSON_CLAIMS_H_

// authorization_details of an ID token that say which documents the person authorised (RFC 9396):
// the second form of binding, for clients whose nonce is their own.
#ifndef ENKRAT_IDP_CLIENT_AUTHORIZED_ACT_CLAIM_H_
#define ENKRAT_IDP_CLIENT_AUTHORIZED_ACT_CLAIM_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "idp_client/identity_verifier.h"

namespace enkrat::idp_client {

// The `type` (RFC 9396 2) of what is looked at; objects of other types are none of our business.
inline constexpr char kDocumentSigningType[] = "document_signing";

// The object of that type that says `act`, and nothing else, in the words of the token: members
// type, relying_party, request_id, level, kind, organization_identifier (where the act has one) and
// documents, an array of {label, digest_algorithm (OID), digest (base64url)} in the act's order.
nlohmann::json AuthorizedActJson(const AuthorizedAct& act);

// The value of the `authorization_details` parameter (RFC 9396 2) that asks for it: an array of
// that one object. The act's texts must be UTF-8.
std::string AuthorizationDetailsText(const AuthorizedAct& act);

enum class ActBinding {
  kAbsent,   // no authorization_details of the type
  kMatches,  // the one object of the type says the act, member by member
};

// What the claim authorization_details says of `act` (null: one without documents, which it cannot
// say). kAssertionRejected: it is not an array of 1 to 16 objects with a `type` (RFC 9396 7), has
// two of our type, or its object of our type says another act, less or more than this one.
absl::StatusOr<ActBinding> CheckAuthorizedAct(const nlohmann::json& claims,
                                              const AuthorizedAct* act);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_AUTHORIZED_ACT_CLAIM_H_

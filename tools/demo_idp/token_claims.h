// From the fields of a token request to the claims of an ID token (OpenID Connect Core 2).
#ifndef ENKRAT_TOOLS_DEMO_IDP_TOKEN_CLAIMS_H_
#define ENKRAT_TOOLS_DEMO_IDP_TOKEN_CLAIMS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/demo_idp/form.h"

namespace enkrat::demo_idp {

struct IdTokenContent {
  std::string payload;  // JSON of the claims
  std::string kid;      // for the header; empty: the signing key's own
};

// `fields` holds claims (sub is required; aud defaults to "enkrat", acr to
// "urn:enkrat:loa:high") and switches for tests that are not claims: exp_in, iat_in, auth_time_in
// (seconds from now, may be negative; 300, 0, 0) and kid. An empty value leaves the claim out.
// kRequestMalformed without sub, or for a switch that is not a number within 10 years.
absl::StatusOr<IdTokenContent> MakeIdTokenContent(const Form& fields, const std::string& issuer,
                                                  absl::Time now);

}  // namespace enkrat::demo_idp

#endif  // ENKRAT_TOOLS_DEMO_IDP_TOKEN_CLAIMS_H_

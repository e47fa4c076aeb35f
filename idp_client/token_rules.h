// What the claims of a token must say: meant for us, valid now, made for these documents (OpenID
// Connect Core 1.0 section 3.1.3.7; RFC 7519 4.1). One rule a function; all answer
// kAssertionRejected.
#ifndef ENKRAT_IDP_CLIENT_TOKEN_RULES_H_
#define ENKRAT_IDP_CLIENT_TOKEN_RULES_H_

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "idp_client/level_of_assurance.h"

namespace enkrat::idp_client {

// Rules 3 to 5: `aud` (a text, or 1 to 16 of them) holds one of ours; `azp` is one of ours, and is
// there if there are several audiences.
absl::Status CheckAudience(const nlohmann::json& claims, const std::vector<std::string>& ours);

struct TokenTimes {
  absl::Time expires_at;  // `exp`
  absl::Time authenticated_at;
};

struct TimeDemands {
  absl::Duration skew;
  absl::Duration max_authentication_age;
  // False: where there is no `auth_time`, `iat` counts as the time of the authentication.
  bool auth_time_required = true;
};

// Rules 9, 10 and 13: `exp` and `iat` are there, `nbf` may be, `auth_time` must be where it is
// required; all are whole seconds of the years 1970 to 9999. Accepted: exp > now - skew; nbf, iat
// and auth_time <= now + skew; iat, and auth_time where there is one, >= now -
// max_authentication_age.
absl::StatusOr<TokenTimes> CheckTimes(const nlohmann::json& claims, absl::Time now,
                                      const TimeDemands& demands);

// Rule 11: `nonce` is the expected one: true. There is none and none is required: false. `expected`
// must not be empty.
absl::StatusOr<bool> CheckNonce(const nlohmann::json& claims, const std::string& expected,
                                bool required);

struct AssuredLevel {
  LevelOfAssurance level;
  std::string value;  // as the table has it
};

// Rule 12: the claim of that name (`acr` by default), a text or a whole number, by the table.
absl::StatusOr<AssuredLevel> ReadLevelOfAssurance(
    const nlohmann::json& claims, const std::string& name,
    const std::map<std::string, LevelOfAssurance>& levels);

// `amr` (RFC 8176): at most 16 visible texts of at most 64 characters. There is none: empty.
absl::StatusOr<std::vector<std::string>> ReadAuthenticationMethods(const nlohmann::json& claims);

// `jti`; without one the hex SHA-256 of the signed octets. Not of the whole token: whoever has one
// ECDSA signature (r, s) can make another, (r, n - s), and would have a second token of it.
absl::StatusOr<std::string> ReadAssertionId(const nlohmann::json& claims, ByteSpan signing_input);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_TOKEN_RULES_H_

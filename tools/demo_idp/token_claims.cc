#include "tools/demo_idp/token_claims.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/bytes.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::demo_idp {
namespace {

constexpr int64_t kTenYearsInSeconds = int64_t{10} * 366 * 24 * 3600;

// Takes the field out of `fields`.
std::string Take(Form& fields, const std::string& name, const std::string& fallback) {
  const auto node = fields.extract(name);
  return node.empty() ? fallback : std::move(node.mapped());
}

absl::StatusOr<int64_t> TakeTime(Form& fields, const std::string& name, const std::string& fallback,
                                 absl::Time now) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(Take(fields, name, fallback), &seconds) || seconds > kTenYearsInSeconds ||
      seconds < -kTenYearsInSeconds) {
    return MakeError(Reason::kRequestMalformed, absl::StrCat(name, " is not a number of seconds"));
  }
  return absl::ToUnixSeconds(now) + seconds;
}

}  // namespace

absl::StatusOr<IdTokenContent> MakeIdTokenContent(const Form& fields, const std::string& issuer,
                                                  absl::Time now) {
  Form rest = fields;
  IdTokenContent content;
  content.kid = Take(rest, "kid", "");
  nlohmann::json claims;
  ENKRAT_ASSIGN_OR_RETURN(claims["exp"], TakeTime(rest, "exp_in", "300", now));
  ENKRAT_ASSIGN_OR_RETURN(claims["iat"], TakeTime(rest, "iat_in", "0", now));
  ENKRAT_ASSIGN_OR_RETURN(claims["auth_time"], TakeTime(rest, "auth_time_in", "0", now));
  if (!rest.contains("sub")) return MakeError(Reason::kRequestMalformed, "sub is missing");
  rest.emplace("iss", issuer);
  rest.emplace("aud", "enkrat");
  rest.emplace("acr", "urn:enkrat:loa:high");
  rest.emplace("jti", ToHex(RandomBytes(16)));
  for (auto& [name, value] : rest) {
    if (value.empty()) continue;
    if (name == "mandates" || name == "amr") {
      claims[name] = std::vector<std::string>(absl::StrSplit(value, ','));
    } else {
      claims[name] = std::move(value);
    }
  }
  try {
    content.payload = claims.dump();
  } catch (const nlohmann::json::exception&) {
    return MakeError(Reason::kRequestMalformed, "a field is not UTF-8");
  }
  return content;
}

}  // namespace enkrat::demo_idp

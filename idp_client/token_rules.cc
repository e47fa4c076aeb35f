#include "idp_client/token_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr size_t kMaxAudiences = 16;
constexpr size_t kMaxJtiCharacters = 256;
constexpr size_t kMaxMethods = 16;
constexpr size_t kMaxMethodCharacters = 64;
constexpr int64_t kEndOfYear9999 = 253402300799;

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

bool Contains(const std::vector<std::string>& names, const json& value) {
  return value.is_string() &&
         std::find(names.begin(), names.end(), value.get_ref<const std::string&>()) != names.end();
}

absl::StatusOr<std::optional<absl::Time>> ReadTime(const json& claims, const char* name) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return std::nullopt;
  // RFC 7519 allows fractions; no provider sends them, and they compare badly.
  if (!claim->is_number_integer()) return Reject(absl::StrCat(name, " is not a whole number"));
  if (claim->is_number_unsigned() && claim->get<uint64_t>() > kEndOfYear9999) {
    return Reject(absl::StrCat(name, " is out of range"));
  }
  const int64_t seconds = claim->get<int64_t>();
  if (seconds <= 0) return Reject(absl::StrCat(name, " is out of range"));
  return absl::FromUnixSeconds(seconds);
}

absl::StatusOr<absl::Time> ReadRequiredTime(const json& claims, const char* name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<absl::Time> time, ReadTime(claims, name));
  if (!time.has_value()) return Reject(absl::StrCat(name, " is missing"));
  return *time;
}

}  // namespace

absl::Status CheckAudience(const json& claims, const std::vector<std::string>& ours) {
  const auto aud = claims.find("aud");
  if (aud == claims.end()) return Reject("aud is missing");
  const bool several = aud->is_array() && aud->size() > 1;
  if (aud->is_array()) {
    if (aud->size() > kMaxAudiences) return Reject("aud has too many values");
    const bool all_texts =
        std::all_of(aud->begin(), aud->end(), [](const json& value) { return value.is_string(); });
    if (!all_texts) return Reject("aud holds what is not a text");
    if (std::none_of(aud->begin(), aud->end(),
                     [&](const json& value) { return Contains(ours, value); })) {
      return Reject("aud is not ours");
    }
  } else if (!Contains(ours, *aud)) {
    return Reject("aud is not ours");
  }
  const auto azp = claims.find("azp");
  if (azp == claims.end()) {
    return several ? Reject("several audiences and no azp") : absl::OkStatus();
  }
  return Contains(ours, *azp) ? absl::OkStatus() : Reject("azp is not ours");
}

absl::StatusOr<TokenTimes> CheckTimes(const json& claims, absl::Time now,
                                      const TimeDemands& demands) {
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time exp, ReadRequiredTime(claims, "exp"));
  ENKRAT_ASSIGN_OR_RETURN(const absl::Time iat, ReadRequiredTime(claims, "iat"));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<absl::Time> nbf, ReadTime(claims, "nbf"));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<absl::Time> auth_time, ReadTime(claims, "auth_time"));
  // Single sign-on issues new tokens, with a new iat, for as long as its session lasts.
  if (demands.auth_time_required && !auth_time.has_value()) return Reject("auth_time is missing");
  const absl::Time authenticated_at = auth_time.value_or(iat);
  const absl::Time latest = now + demands.skew;
  const absl::Time oldest = now - demands.max_authentication_age;
  if (exp <= now - demands.skew) return Reject("token has expired");
  if (nbf.has_value() && *nbf > latest) return Reject("token is not valid yet");
  if (iat > latest) return Reject("token is from the future");
  if (authenticated_at > latest) return Reject("authentication is in the future");
  if (iat < oldest) return Reject("token is too old");
  if (authenticated_at < oldest) return Reject("authentication is too long ago");
  return TokenTimes{.expires_at = exp, .authenticated_at = authenticated_at};
}

absl::StatusOr<bool> CheckNonce(const json& claims, const std::string& expected, bool required) {
  if (expected.empty()) return MakeError(Reason::kInternal, "no nonce to compare with");
  const auto nonce = claims.find("nonce");
  if (nonce == claims.end()) {
    if (required) return Reject("nonce is missing");
    return false;
  }
  if (!nonce->is_string() ||
      !ConstantTimeEqual(AsSpan(nonce->get_ref<const std::string&>()), AsSpan(expected))) {
    return Reject("nonce is another one");
  }
  return true;
}

absl::StatusOr<AssuredLevel> ReadLevelOfAssurance(
    const json& claims, const std::string& name,
    const std::map<std::string, LevelOfAssurance>& levels) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return Reject(absl::StrCat(name, " is missing"));
  std::string value;
  if (claim->is_string()) {
    value = claim->get<std::string>();
  } else if (claim->is_number_integer()) {
    value = claim->dump();
  } else {
    return Reject(absl::StrCat(name, " is neither a text nor a whole number"));
  }
  const auto row = levels.find(value);
  if (row == levels.end()) return Reject(absl::StrCat(name, " is unknown"));
  return AssuredLevel{.level = row->second, .value = std::move(value)};
}

absl::StatusOr<std::vector<std::string>> ReadAuthenticationMethods(const json& claims) {
  std::vector<std::string> methods;
  const auto amr = claims.find("amr");
  if (amr == claims.end()) return methods;
  if (!amr->is_array() || amr->size() > kMaxMethods) {
    return Reject("amr is not an array of at most 16 values");
  }
  for (const json& method : *amr) {
    if (!method.is_string() ||
        !CheckVisibleText(method.get_ref<const std::string&>(), kMaxMethodCharacters).ok()) {
      return Reject("amr holds what is not a short visible text");
    }
    methods.push_back(method.get<std::string>());
  }
  return methods;
}

absl::StatusOr<std::string> ReadAssertionId(const json& claims, ByteSpan signing_input) {
  const auto jti = claims.find("jti");
  if (jti == claims.end()) return ToHex(Sha256(signing_input));
  if (!jti->is_string()) return Reject("jti is not a text");
  std::string id = jti->get<std::string>();
  if (!CheckVisibleText(id, kMaxJtiCharacters).ok()) return Reject("jti is not a visible text");
  return id;
}

}  // namespace enkrat::idp_client

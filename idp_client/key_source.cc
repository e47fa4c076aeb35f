#include "idp_client/key_source.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/bytes.h"
#include "common/file.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/json_object.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr JsonBounds kDiscoveryBounds = {.size = 64 * 1024, .depth = 8, .values = 2048};

absl::Status Away(absl::string_view why) { return MakeError(Reason::kIdpKeysUnavailable, why); }

}  // namespace

bool HasAllowedScheme(const std::string& url, bool allow_loopback_http) {
  return absl::StartsWith(url, "https://") ||
         (allow_loopback_http && absl::StartsWith(url, "http://"));
}

absl::StatusOr<KeySet> FileKeySource::Fetch(absl::Duration) {
  const absl::StatusOr<Bytes> text = ReadFile(path_, kMaxKeySetSize);
  if (text.ok()) return KeySet::FromJson(ToString(*text));
  if (ReasonOf(text.status()) == Reason::kLimitExceeded) {
    return MakeError(Reason::kLimitExceeded, "the JWKS file is too long");
  }
  return Away("the JWKS file cannot be read");
}

absl::StatusOr<std::string> DiscoveredKeySource::Get(const std::string& url, size_t max_size,
                                                     absl::Duration timeout) {
  HttpRequest request;
  request.url = url;
  request.max_response_size = max_size;
  request.timeout = timeout;
  request.tls_ca_file = options_.tls_ca_file;
  if (options_.allow_loopback_http) request.plain_http = PlainHttp::kOnLoopback;
  ENKRAT_ASSIGN_OR_RETURN(const HttpResponse response, options_.fetcher->Fetch(request));
  if (response.status != 200) return Away(absl::StrCat("HTTP status ", response.status));
  return ToString(response.body);
}

absl::StatusOr<std::string> DiscoveredKeySource::DiscoverJwksUri(absl::Duration timeout) {
  // Discovery 4: a slash at the end of the issuer is not doubled.
  const std::string url =
      absl::StrCat(absl::StripSuffix(options_.issuer, "/"), "/.well-known/openid-configuration");
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, Get(url, kDiscoveryBounds.size, timeout));
  ENKRAT_ASSIGN_OR_RETURN(const json document, ParseJsonObject(text, kDiscoveryBounds));
  if (const auto issuer = document.find("issuer");
      issuer == document.end() || *issuer != options_.issuer) {
    return Away("the discovery document is another issuer's");
  }
  const auto jwks_uri = document.find("jwks_uri");
  if (jwks_uri == document.end() || !jwks_uri->is_string()) {
    return Away("the discovery document has no jwks_uri");
  }
  std::string address = jwks_uri->get<std::string>();
  if (!HasAllowedScheme(address, options_.allow_loopback_http)) {
    return Away("the discovery document's jwks_uri is not https");
  }
  return address;
}

absl::StatusOr<KeySet> DiscoveredKeySource::Fetch(absl::Duration timeout) {
  absl::StatusOr<std::string> jwks_uri = DiscoverJwksUri(timeout / 2);
  if (!jwks_uri.ok()) return WithContext(jwks_uri.status(), "discovery");
  absl::StatusOr<std::string> text = Get(*jwks_uri, kMaxKeySetSize, timeout / 2);
  if (!text.ok()) return WithContext(text.status(), "jwks_uri");
  return KeySet::FromJson(*text);
}

}  // namespace enkrat::idp_client

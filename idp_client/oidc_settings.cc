#include "idp_client/oidc_settings.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "idp_client/key_source.h"
#include "idp_client/signature_algorithm.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxIssuers = 64;
constexpr size_t kMaxIssuerSize = 512;
constexpr size_t kMaxAudiences = 16;
constexpr absl::Duration kMaxSkew = absl::Seconds(60);

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, what);
}

absl::Status CheckAddress(const OidcIssuer& issuer) {
  if (!CheckVisibleText(issuer.issuer, kMaxIssuerSize).ok()) {
    return Invalid("issuer must be a URL of at most 512 characters");
  }
  if (!issuer.jwks_file.empty()) return absl::OkStatus();
  if (!HasAllowedScheme(issuer.issuer, issuer.allow_loopback_http)) {
    return Invalid("issuer must be an https URL, or there must be a jwks_file");
  }
  // OpenID Connect Discovery 1.0 section 3.
  if (issuer.issuer.find_first_of("?#") != std::string::npos) {
    return Invalid("issuer must have neither query nor fragment");
  }
  return absl::OkStatus();
}

absl::Status CheckAcceptance(const OidcIssuer& issuer) {
  const auto empty = [](const std::string& text) { return text.empty(); };
  if (issuer.audiences.empty() || issuer.audiences.size() > kMaxAudiences ||
      std::any_of(issuer.audiences.begin(), issuer.audiences.end(), empty)) {
    return Invalid("audiences must be 1 to 16 client ids");
  }
  if (issuer.algorithms.empty()) return Invalid("algorithms must not be empty");
  for (const std::string& name : issuer.algorithms) {
    if (FindSignatureAlgorithm(name) == nullptr) {
      return Invalid(absl::StrCat("algorithm '", name, "' is unknown or not asymmetric"));
    }
  }
  if (issuer.level_claim.empty()) return Invalid("level_claim must not be empty");
  if (issuer.acr_levels.empty()) return Invalid("acr_levels must not be empty");
  if (issuer.acr_levels.count("") > 0) return Invalid("acr_levels must not hold an empty acr");
  if (issuer.skew < absl::ZeroDuration() || issuer.skew > kMaxSkew) {
    return Invalid("skew must be 0 s to 60 s");
  }
  return absl::OkStatus();
}

absl::Status CheckMapping(const ClaimMapping& mapping) {
  if (mapping.given_name.empty() && mapping.surname.empty() && mapping.pseudonym.empty()) {
    return Invalid("claims: a claim for given_name, surname or pseudonym is needed");
  }
  if (mapping.country.empty() == mapping.fixed_country.empty()) {
    return Invalid("claims: exactly one of country and fixed_country is needed");
  }
  if (!mapping.fixed_country.empty() && !IsCountryCode(mapping.fixed_country)) {
    return Invalid("claims: fixed_country must be two letters A-Z");
  }
  if (mapping.identifier.empty()) return absl::OkStatus();
  // EN 319 412-1 5.1.3.
  static const std::set<std::string> kTypes = {"PNO", "TIN", "EID", "IDC", "PAS"};
  if (kTypes.count(mapping.identifier_type) == 0) {
    return Invalid("claims: identifier type must be PNO, TIN, EID, IDC or PAS");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsCountryCode(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1]));
}

absl::Status CheckOidcIssuers(const std::vector<OidcIssuer>& issuers) {
  if (issuers.empty() || issuers.size() > kMaxIssuers) {
    return Invalid("1 to 64 identity providers are needed");
  }
  std::set<std::string> names;
  for (const OidcIssuer& issuer : issuers) {
    absl::Status status = CheckAddress(issuer);
    if (status.ok()) status = CheckAcceptance(issuer);
    if (status.ok()) status = CheckMapping(issuer.claims);
    if (!names.insert(issuer.issuer).second) status = Invalid("issuer is there twice");
    if (!status.ok()) {
      return WithContext(status, absl::StrCat("identity provider '", issuer.issuer, "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOidcOptions(const OidcVerifier::Options& options) {
  if (options.clock == nullptr) return Invalid("a clock is needed");
  if (options.min_refresh_interval < absl::Seconds(1) ||
      options.refresh_after < options.min_refresh_interval ||
      options.max_key_age < options.refresh_after) {
    return Invalid("1 s <= min_refresh_interval <= refresh_after <= max_key_age must hold");
  }
  for (const OidcIssuer& issuer : options.issuers) {
    if (issuer.jwks_file.empty() && options.fetcher == nullptr) {
      return Invalid("without jwks_file there must be a fetcher");
    }
  }
  return CheckOidcIssuers(options.issuers);
}

}  // namespace enkrat::idp_client

#include "idp_client/saml_settings.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/text.h"
#include "idp_client/key_source.h"
#include "idp_client/oidc_settings.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxProviders = 64;
constexpr size_t kMaxEntityIdSize = 1024;  // SAML 2.0 core 8.3.6
constexpr size_t kMaxNames = 16;
constexpr absl::Duration kMaxSkew = absl::Seconds(60);

absl::Status Invalid(absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, what);
}

bool AreNames(const std::vector<std::string>& names) {
  return !names.empty() && names.size() <= kMaxNames &&
         std::none_of(names.begin(), names.end(), [](const auto& name) { return name.empty(); });
}

absl::Status CheckMetadata(const SamlIdentityProvider& provider) {
  if (!CheckVisibleText(provider.entity_id, kMaxEntityIdSize).ok()) {
    return Invalid("entity_id must be a URI of at most 1024 characters");
  }
  if (provider.metadata_file.empty() == provider.metadata_url.empty()) {
    return Invalid("exactly one of metadata_file and metadata_url is needed");
  }
  if (provider.metadata_url.empty()) return absl::OkStatus();
  if (!HasAllowedScheme(provider.metadata_url, provider.allow_loopback_http)) {
    return Invalid("metadata_url must be an https URL");
  }
  if (provider.metadata_signer_file.empty()) {
    return Invalid("metadata from a URL needs a metadata_signer_file");
  }
  return absl::OkStatus();
}

absl::Status CheckAcceptance(const SamlIdentityProvider& provider) {
  if (!AreNames(provider.audiences)) return Invalid("audiences must be 1 to 16 entity ids");
  if (!AreNames(provider.recipients)) return Invalid("recipients must be 1 to 16 URLs");
  if (provider.context_levels.empty()) return Invalid("context_levels must not be empty");
  if (provider.context_levels.count("") > 0) {
    return Invalid("context_levels must not hold an empty AuthnContextClassRef");
  }
  if (provider.skew < absl::ZeroDuration() || provider.skew > kMaxSkew) {
    return Invalid("skew must be 0 s to 60 s");
  }
  return absl::OkStatus();
}

absl::Status CheckMapping(const SamlAttributeMapping& mapping) {
  if (mapping.given_name.empty() && mapping.surname.empty() && mapping.pseudonym.empty()) {
    return Invalid("attributes: one for given_name, surname or pseudonym is needed");
  }
  if (mapping.country.empty() == mapping.fixed_country.empty()) {
    return Invalid("attributes: exactly one of country and fixed_country is needed");
  }
  if (!mapping.fixed_country.empty() && !IsCountryCode(mapping.fixed_country)) {
    return Invalid("attributes: fixed_country must be two letters A-Z");
  }
  if (!mapping.organization.empty() && mapping.organization_identifier.empty()) {
    return Invalid("attributes: organization needs organization_identifier");
  }
  if (mapping.identifier.empty()) return absl::OkStatus();
  // EN 319 412-1 5.1.3.
  static const std::set<std::string> kTypes = {"PNO", "TIN", "EID", "IDC", "PAS"};
  if (kTypes.count(mapping.identifier_type) == 0) {
    return Invalid("attributes: identifier type must be PNO, TIN, EID, IDC or PAS");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSamlProviders(const std::vector<SamlIdentityProvider>& providers) {
  if (providers.empty() || providers.size() > kMaxProviders) {
    return Invalid("1 to 64 identity providers are needed");
  }
  std::set<std::string> names;
  for (const SamlIdentityProvider& provider : providers) {
    absl::Status status = CheckMetadata(provider);
    if (status.ok()) status = CheckAcceptance(provider);
    if (status.ok()) status = CheckMapping(provider.attributes);
    if (!names.insert(provider.entity_id).second) status = Invalid("entity_id is there twice");
    if (!status.ok()) {
      return WithContext(status, absl::StrCat("identity provider '", provider.entity_id, "'"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSamlOptions(const SamlVerifier::Options& options) {
  if (options.clock == nullptr) return Invalid("a clock is needed");
  if (options.min_refresh_interval < absl::Seconds(1) ||
      options.refresh_after < options.min_refresh_interval ||
      options.max_key_age < options.refresh_after) {
    return Invalid("1 s <= min_refresh_interval <= refresh_after <= max_key_age must hold");
  }
  for (const SamlIdentityProvider& provider : options.providers) {
    if (!provider.metadata_url.empty() && options.fetcher == nullptr) {
      return Invalid("with a metadata_url there must be a fetcher");
    }
  }
  return CheckSamlProviders(options.providers);
}

}  // namespace enkrat::idp_client

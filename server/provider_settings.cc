// The identity providers of the configuration: who vouches for persons.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/settings.h"
#include "server/settings_words.h"
#include "signer/authorization.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

void SetIfGiven(const std::string& value, std::string& target) {
  if (!value.empty()) target = value;
}

// What sessions without a person are recorded under (signer/authorization.h).
absl::Status CheckProviderName(const std::string& name, absl::string_view field) {
  if (name != signer::kNoProvider) return absl::OkStatus();
  return Invalid(field, absl::StrCat("'", name, "' is not a name that a provider can have"));
}

absl::StatusOr<idp_client::OidcIssuer> IssuerFrom(const v1::IssuerConfig& config,
                                                  absl::string_view field) {
  idp_client::OidcIssuer issuer;
  ENKRAT_RETURN_IF_ERROR(CheckProviderName(config.issuer(), field));
  issuer.issuer = config.issuer();
  issuer.audiences = {config.audiences().begin(), config.audiences().end()};
  if (!config.algorithms().empty()) {
    issuer.algorithms = {config.algorithms().begin(), config.algorithms().end()};
  }
  issuer.jwks_file = config.jwks_file();
  issuer.tls_ca_file = config.tls_ca_file();
  issuer.allow_loopback_http = config.allow_loopback_http();
  issuer.auth_time_required = !config.allow_missing_auth_time();
  if (config.has_skew()) issuer.skew = DurationFrom(config.skew());
  for (const auto& [acr, value] : config.acr_levels()) {
    const auto level = AssuranceFrom(value);
    if (!level.has_value()) return Invalid(field, "acr_levels: unknown level of assurance");
    issuer.acr_levels[acr] = *level;
  }
  SetIfGiven(config.claims().given_name(), issuer.claims.given_name);
  SetIfGiven(config.claims().surname(), issuer.claims.surname);
  issuer.claims.country = config.claims().country();
  issuer.claims.fixed_country = config.claims().fixed_country();
  issuer.claims.identifier = config.claims().serial_number();
  SetIfGiven(config.claims().serial_number_type(), issuer.claims.identifier_type);
  issuer.claims.pseudonym = config.claims().pseudonym();
  issuer.claims.date_of_birth = config.claims().date_of_birth();
  issuer.claims.mandates = config.claims().mandates();
  if (!config.claims().subject().empty() || !config.claims().organization().empty()) {
    return Invalid(field, "claims: subject and organization belong to SAML attributes");
  }
  SetIfGiven(config.level_claim(), issuer.level_claim);
  return issuer;
}

// A person is a provider's name and a subject. A server that speaks both protocols may go by one
// name in both, but gives its persons other subjects: one's could be what another chose to be
// called.
absl::Status CheckNotAnIssuer(const std::string& entity_id, const Config& config,
                              absl::string_view field) {
  ENKRAT_RETURN_IF_ERROR(CheckProviderName(entity_id, field));
  for (const v1::IssuerConfig& issuer : config.identity_providers()) {
    if (issuer.issuer() == entity_id) {
      return Invalid(field, absl::StrCat("entity_id: '", entity_id,
                                         "' is in identity_providers too; their persons could not "
                                         "be told apart"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<idp_client::SamlIdentityProvider> SamlProviderFrom(
    const v1::SamlIssuerConfig& config, absl::string_view field) {
  idp_client::SamlIdentityProvider provider;
  provider.entity_id = config.entity_id();
  provider.audiences = {config.audiences().begin(), config.audiences().end()};
  provider.recipients = {config.recipients().begin(), config.recipients().end()};
  provider.metadata_file = config.metadata_file();
  provider.metadata_url = config.metadata_url();
  provider.metadata_signer_file = config.metadata_signer_file();
  provider.tls_ca_file = config.tls_ca_file();
  provider.allow_loopback_http = config.allow_loopback_http();
  if (config.has_skew()) provider.skew = DurationFrom(config.skew());
  for (const auto& [context, value] : config.context_levels()) {
    const auto level = AssuranceFrom(value);
    if (!level.has_value()) return Invalid(field, "context_levels: unknown level of assurance");
    provider.context_levels[context] = *level;
  }
  const v1::ClaimsConfig& names = config.attributes();
  idp_client::SamlAttributeMapping& attributes = provider.attributes;
  attributes.subject = names.subject();
  SetIfGiven(names.given_name(), attributes.given_name);
  SetIfGiven(names.surname(), attributes.surname);
  attributes.country = names.country();
  attributes.fixed_country = names.fixed_country();
  attributes.identifier = names.serial_number();
  SetIfGiven(names.serial_number_type(), attributes.identifier_type);
  attributes.pseudonym = names.pseudonym();
  attributes.date_of_birth = names.date_of_birth();
  attributes.organization_identifier = names.mandates();
  attributes.organization = names.organization();
  return provider;
}

}  // namespace

absl::StatusOr<std::vector<idp_client::OidcIssuer>> IssuersFrom(const Config& config) {
  if (config.identity_providers().empty() && config.saml_identity_providers().empty()) {
    return Invalid("identity_providers", "at least one is needed (or saml_identity_providers)");
  }
  std::vector<idp_client::OidcIssuer> issuers;
  for (int i = 0; i < config.identity_providers_size(); ++i) {
    ENKRAT_ASSIGN_OR_RETURN(
        idp_client::OidcIssuer issuer,
        IssuerFrom(config.identity_providers(i), absl::StrCat("identity_providers[", i, "]")));
    issuers.push_back(std::move(issuer));
  }
  return issuers;
}

absl::StatusOr<std::vector<idp_client::SamlIdentityProvider>> SamlProvidersFrom(
    const Config& config) {
  std::vector<idp_client::SamlIdentityProvider> providers;
  for (int i = 0; i < config.saml_identity_providers_size(); ++i) {
    const std::string field = absl::StrCat("saml_identity_providers[", i, "]");
    ENKRAT_RETURN_IF_ERROR(
        CheckNotAnIssuer(config.saml_identity_providers(i).entity_id(), config, field));
    ENKRAT_ASSIGN_OR_RETURN(idp_client::SamlIdentityProvider provider,
                            SamlProviderFrom(config.saml_identity_providers(i), field));
    providers.push_back(std::move(provider));
  }
  return providers;
}

}  // namespace enkrat::server

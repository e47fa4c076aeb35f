// The parts of the configuration that describe who vouches for persons, and the certificates they
// get.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "server/settings.h"
#include "server/settings_words.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

void SetIfGiven(const std::string& value, std::string& target) {
  if (!value.empty()) target = value;
}

absl::StatusOr<idp_client::OidcIssuer> IssuerFrom(const v1::IssuerConfig& config,
                                                  absl::string_view field) {
  idp_client::OidcIssuer issuer;
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
  return issuer;
}

}  // namespace

absl::StatusOr<std::vector<idp_client::OidcIssuer>> IssuersFrom(const Config& config) {
  if (config.identity_providers().empty()) {
    return Invalid("identity_providers", "at least one is needed");
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

absl::StatusOr<ca::Profile> ProfileFrom(const v1::ProfileConfig& source, absl::string_view field) {
  const auto level = LevelFrom(source.level());
  if (!level.has_value()) return Invalid(field, "level: is needed");
  const bool qualified = *level != signer::SignatureLevel::kAdvanced;
  if (qualified && !source.allow_qualified_claims()) {
    return Invalid(field,
                   "claims a qualified certificate: a legal claim that needs "
                   "allow_qualified_claims");
  }
  std::vector<ca::PdsLocation> pds;
  if (!source.pds_url().empty()) pds.push_back({source.pds_url(), "en"});
  absl::StatusOr<ca::Profile> profile = ca::Profile::Create(
      {.name = source.name(),
       .policy_oids = {source.policy_oids().begin(), source.policy_oids().end()},
       .validity = DurationFrom(source.validity()),
       .not_before_skew = DurationFrom(source.not_before_skew()),
       .ca_issuers_url = source.ca_issuers_url(),
       .qualified = qualified,
       .on_qscd = *level == signer::SignatureLevel::kQualified,
       .pds = std::move(pds)});
  if (!profile.ok()) return WithContext(profile.status(), field);
  return profile;
}

absl::StatusOr<std::map<std::string, ca::Profile>> ProfilesFrom(const Config& config) {
  std::map<std::string, ca::Profile> profiles;
  for (int i = 0; i < config.certificates().profiles_size(); ++i) {
    const v1::ProfileConfig& source = config.certificates().profiles(i);
    const std::string field = absl::StrCat("certificates.profiles[", i, "]");
    ENKRAT_ASSIGN_OR_RETURN(ca::Profile profile, ProfileFrom(source, field));
    if (!profiles.emplace(source.name(), std::move(profile)).second) {
      return Invalid(field, absl::StrCat("name: '", source.name(), "' is there twice"));
    }
  }
  if (profiles.empty()) return Invalid("certificates.profiles", "at least one is needed");
  return profiles;
}

}  // namespace enkrat::server

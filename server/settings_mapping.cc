// The parts of the configuration that describe others: identity providers, profiles, relying
// parties.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "server/settings.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr absl::Duration kLongestAuthenticationAge = absl::Minutes(30);  // TS 119 431-1 A.5-09

absl::Status Invalid(absl::string_view field, absl::string_view what) {
  return MakeError(Reason::kConfigurationInvalid, absl::StrCat(field, ": ", what));
}

std::optional<signer::SignatureLevel> LevelFrom(v1::Level level) {
  switch (level) {
    case v1::LEVEL_ADVANCED:
      return signer::SignatureLevel::kAdvanced;
    case v1::LEVEL_ADVANCED_WITH_QUALIFIED_CERTIFICATE:
      return signer::SignatureLevel::kAdvancedWithQualifiedCertificate;
    case v1::LEVEL_QUALIFIED:
      return signer::SignatureLevel::kQualified;
    default:
      return std::nullopt;
  }
}

std::optional<idp_client::LevelOfAssurance> AssuranceFrom(v1::LevelOfAssurance level) {
  switch (level) {
    case v1::LEVEL_OF_ASSURANCE_LOW:
      return idp_client::LevelOfAssurance::kLow;
    case v1::LEVEL_OF_ASSURANCE_SUBSTANTIAL:
      return idp_client::LevelOfAssurance::kSubstantial;
    case v1::LEVEL_OF_ASSURANCE_HIGH:
      return idp_client::LevelOfAssurance::kHigh;
    default:
      return std::nullopt;
  }
}

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

absl::StatusOr<signer::LevelPolicy> PolicyFrom(const v1::LevelPolicy& config,
                                               signer::SignatureLevel level, const Config& all,
                                               absl::string_view field) {
  signer::LevelPolicy policy;
  policy.minimal_level_of_assurance = AssuranceFrom(config.minimal_level_of_assurance())
                                          .value_or(signer::DefaultLevelOfAssurance(level));
  policy.binding_required = config.binding() != v1::BINDING_OPTIONAL;
  if (level == signer::SignatureLevel::kQualified && !policy.binding_required) {
    return Invalid(field, "binding: is always REQUIRED for QUALIFIED");
  }
  if (config.has_max_authentication_age()) {
    policy.max_authentication_age = DurationFrom(config.max_authentication_age());
  }
  if (policy.max_authentication_age <= absl::ZeroDuration() ||
      policy.max_authentication_age > kLongestAuthenticationAge) {
    return Invalid(field, "max_authentication_age: is not between 1s and 30m");
  }
  for (const std::string& issuer : config.issuers()) {
    const auto& known = all.identity_providers();
    const auto is_it = [&](const v1::IssuerConfig& other) { return other.issuer() == issuer; };
    if (std::none_of(known.begin(), known.end(), is_it)) {
      return Invalid(field, absl::StrCat("issuers: '", issuer, "' is not in identity_providers"));
    }
    policy.issuers.push_back(issuer);
  }
  return policy;
}

// Where TLS is spoken there is none, whatever the file says: the certificate alone names the
// caller.
std::string PlaintextCaller(const Config& config) {
  const v1::ServerConfig& server = config.server();
  return server.plaintext_on_loopback() ? server.plaintext_relying_party() : "";
}

absl::StatusOr<CallerDirectory::Entry> CallerFrom(const v1::RelyingPartyConfig& config,
                                                  const Config& all, absl::string_view field) {
  CallerDirectory::Entry entry;
  entry.relying_party.id = config.id();
  if (!CheckVisibleText(config.id(), 64).ok()) {
    return Invalid(absl::StrCat(field, ".id"), "is not 1 to 64 visible characters");
  }
  for (const v1::LevelPolicy& level_config : config.levels()) {
    const auto level = LevelFrom(level_config.level());
    if (!level.has_value()) return Invalid(field, "levels: an entry names no level");
    ENKRAT_ASSIGN_OR_RETURN(signer::LevelPolicy policy,
                            PolicyFrom(level_config, *level, all, field));
    if (!entry.relying_party.levels.emplace(*level, std::move(policy)).second) {
      return Invalid(field, absl::StrCat("levels: ", LevelName(*level), " is there twice"));
    }
  }
  if (entry.relying_party.levels.empty()) return Invalid(field, "levels: at least one is needed");
  entry.relying_party.max_in_flight = config.max_in_flight() > 0
                                          ? config.max_in_flight()
                                          : std::max(1U, all.server().max_in_flight() / 4);
  entry.certificate_sans = {config.certificate_sans().begin(), config.certificate_sans().end()};
  if (entry.certificate_sans.empty() && config.id() != PlaintextCaller(all)) {
    return Invalid(field, "certificate_sans: at least one is needed");
  }
  return entry;
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

absl::StatusOr<std::map<signer::SignatureLevel, ca::Profile>> ProfilesFrom(const Config& config) {
  std::map<signer::SignatureLevel, ca::Profile> profiles;
  for (int i = 0; i < config.certificates().profiles_size(); ++i) {
    const v1::ProfileConfig& source = config.certificates().profiles(i);
    const std::string field = absl::StrCat("certificates.profiles[", i, "]");
    const auto level = LevelFrom(source.level());
    if (!level.has_value()) return Invalid(field, "level: is needed");
    const bool qualified = *level != signer::SignatureLevel::kAdvanced;
    if (qualified && !source.allow_qualified_claims()) {
      return Invalid(field,
                     "claims a qualified certificate: a legal claim that needs "
                     "allow_qualified_claims");
    }
    absl::StatusOr<ca::Profile> profile = ca::Profile::Create(
        {.name = source.name(),
         .policy_oids = {source.policy_oids().begin(), source.policy_oids().end()},
         .validity = DurationFrom(source.validity()),
         .not_before_skew = DurationFrom(source.not_before_skew()),
         .ca_issuers_url = source.ca_issuers_url(),
         .qualified = qualified,
         .on_qscd = *level == signer::SignatureLevel::kQualified,
         .pds_url = source.pds_url()});
    if (!profile.ok()) return WithContext(profile.status(), field);
    if (!profiles.emplace(*level, *std::move(profile)).second) {
      return Invalid(field, absl::StrCat(LevelName(*level), " has a profile already"));
    }
  }
  if (profiles.empty()) return Invalid("certificates.profiles", "at least one is needed");
  return profiles;
}

absl::StatusOr<std::unique_ptr<CallerDirectory>> CallersFrom(const Config& config) {
  if (config.relying_parties().empty()) return Invalid("relying_parties", "at least one is needed");
  std::vector<CallerDirectory::Entry> entries;
  for (int i = 0; i < config.relying_parties_size(); ++i) {
    ENKRAT_ASSIGN_OR_RETURN(
        CallerDirectory::Entry entry,
        CallerFrom(config.relying_parties(i), config, absl::StrCat("relying_parties[", i, "]")));
    entries.push_back(std::move(entry));
  }
  return CallerDirectory::Create(std::move(entries), PlaintextCaller(config));
}

}  // namespace enkrat::server

// The certificate profiles of the configuration, and the organisations that may be sealed for.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "server/settings.h"
#include "server/settings_words.h"
#include "signer/certificate_subject.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr uint32_t kMostYears = 1000;  // more is refused by the profile

int ProvidersWithMandates(const Config& all) {
  const auto gives = [](const auto& names) { return names.mandates().empty() ? 0 : 1; };
  int count = 0;
  for (const auto& provider : all.identity_providers()) count += gives(provider.claims());
  for (const auto& provider : all.saml_identity_providers()) count += gives(provider.attributes());
  return count;
}

absl::Status ReadMandateIssuers(const v1::OrganizationConfig& source, const Config& all,
                                absl::string_view field, signer::Organization& organization) {
  for (const std::string& issuer : source.mandate_issuers()) {
    if (!IsKnownProvider(all, issuer)) {
      return Invalid(field,
                     absl::StrCat("mandate_issuers: '", issuer, "' is not in identity_providers"));
    }
    organization.mandate_issuers.insert(issuer);
  }
  if (organization.mandate_issuers.empty() && ProvidersWithMandates(all) > 1) {
    return Invalid(field, "mandate_issuers: several providers give mandates; whose count for it?");
  }
  return absl::OkStatus();
}

absl::StatusOr<signer::Organization> OrganizationFrom(const v1::OrganizationConfig& source,
                                                      const Config& all, absl::string_view field) {
  signer::Organization organization = {.country = source.country(),
                                       .name = source.name(),
                                       .organization_identifier = source.identifier(),
                                       .common_name = source.common_name()};
  const auto named = signer::OrganizationSubject(organization);
  if (!named.ok()) return Invalid(field, named.status().message());
  for (const v1::RepresentativeConfig& person : source.representatives()) {
    if (!IsKnownProvider(all, person.issuer())) {
      return Invalid(field, absl::StrCat("representatives: '", person.issuer(),
                                         "' is not in identity_providers"));
    }
    if (!CheckVisibleText(person.subject(), 255).ok()) {
      return Invalid(field, "representatives: a subject is not 1 to 255 visible characters");
    }
    organization.representatives.emplace(person.issuer(), person.subject());
  }
  ENKRAT_RETURN_IF_ERROR(ReadMandateIssuers(source, all, field, organization));
  return organization;
}

ca::SubjectNames NamesFrom(v1::Names names) {
  switch (names) {
    case v1::NAMES_LATIN:
      return ca::SubjectNames::kLatin;
    case v1::NAMES_PSEUDONYM:
      return ca::SubjectNames::kPseudonym;
    default:
      return ca::SubjectNames::kAsGiven;
  }
}

std::vector<ca::PdsLocation> PdsFrom(const v1::ProfileConfig& source) {
  std::vector<ca::PdsLocation> locations;
  if (!source.pds_url().empty()) locations.push_back({source.pds_url(), "en"});
  for (const v1::PdsLocation& location : source.pds_locations()) {
    locations.push_back({location.url(), location.language()});
  }
  return locations;
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
  absl::StatusOr<ca::Profile> profile = ca::Profile::Create(
      {.name = source.name(),
       .kind = KindFrom(source.kind()) == signer::SignatureKind::kSeal
                   ? ca::ProfileKind::kSeal
                   : ca::ProfileKind::kSignature,
       .names = NamesFrom(source.names()),
       .policy_oids = {source.policy_oids().begin(), source.policy_oids().end()},
       .validity = DurationFrom(source.validity()),
       .not_before_skew = DurationFrom(source.not_before_skew()),
       .ca_issuers_url = source.ca_issuers_url(),
       .qualified = qualified,
       .on_qscd = *level == signer::SignatureLevel::kQualified,
       .pds = PdsFrom(source),
       .retention_years = static_cast<int>(std::min(source.retention_years(), kMostYears)),
       .authentication_context = source.authentication_context()});
  if (!profile.ok()) return WithContext(profile.status(), field);
  return profile;
}

}  // namespace

absl::StatusOr<std::map<std::string, signer::Organization>> OrganizationsFrom(
    const Config& config) {
  std::map<std::string, signer::Organization> organizations;
  for (int i = 0; i < config.organizations_size(); ++i) {
    const std::string field = absl::StrCat("organizations[", i, "]");
    ENKRAT_ASSIGN_OR_RETURN(signer::Organization organization,
                            OrganizationFrom(config.organizations(i), config, field));
    const std::string identifier = organization.organization_identifier;
    if (!organizations.emplace(identifier, std::move(organization)).second) {
      return Invalid(field, absl::StrCat("identifier: '", identifier, "' is there twice"));
    }
  }
  return organizations;
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

// The relying parties of the configuration, and what each may ask for.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"
#include "server/settings_words.h"

namespace enkrat::server {
namespace {

namespace v1 = config::v1;

constexpr absl::Duration kLongestAuthenticationAge = absl::Minutes(30);  // TS 119 431-1 A.5-09
constexpr uint32_t kLeastBurst = 20;
constexpr int kMostMethods = 16;

bool Serves(const v1::ProfileConfig& profile, const signer::PolicyKey& key) {
  return LevelFrom(profile.level()) == key.level && KindFrom(profile.kind()) == key.kind;
}

// The one named, which must be of the kind and level; else the first that is. None is no error: a
// call that would need it is answered with NOT_PERMITTED.
absl::StatusOr<std::string> ProfileOf(const v1::LevelPolicy& config, const signer::PolicyKey& key,
                                      const Config& all, absl::string_view field) {
  for (const v1::ProfileConfig& profile : all.certificates().profiles()) {
    if (!config.profile().empty() && profile.name() != config.profile()) continue;
    if (Serves(profile, key)) return profile.name();
    if (!config.profile().empty()) return Invalid(field, "profile: is of another kind or level");
  }
  if (config.profile().empty()) return "";
  return Invalid(field, absl::StrCat("profile: there is no '", config.profile(), "'"));
}

absl::Status ReadAssurance(const v1::LevelPolicy& config, const signer::PolicyKey& key,
                           const Config& all, absl::string_view field,
                           signer::LevelPolicy& policy) {
  policy.minimal_level_of_assurance = AssuranceFrom(config.minimal_level_of_assurance())
                                          .value_or(signer::DefaultLevelOfAssurance(key.level));
  policy.binding_required = config.binding() != v1::BINDING_OPTIONAL;
  if (key.level == signer::SignatureLevel::kQualified && !policy.binding_required) {
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
    if (!IsKnownProvider(all, issuer)) {
      return Invalid(field, absl::StrCat("issuers: '", issuer, "' is not in identity_providers"));
    }
    policy.issuers.push_back(issuer);
  }
  if (config.amr_size() > kMostMethods) return Invalid(field, "amr: more than 16");
  for (const std::string& method : config.amr()) {
    if (!CheckVisibleText(method, 64).ok()) return Invalid(field, "amr: not a method's name");
    policy.authentication_methods.push_back(method);
  }
  return absl::OkStatus();
}

absl::Status ReadSeal(const v1::LevelPolicy& config, const signer::PolicyKey& key,
                      const Config& all, absl::string_view field, signer::LevelPolicy& policy) {
  const bool seal = key.kind == signer::SignatureKind::kSeal;
  const bool by_itself = config.seal_authorization() == v1::SEAL_AUTHORIZATION_RELYING_PARTY;
  if (!seal) {
    if (config.organizations_size() == 0 && !by_itself) return absl::OkStatus();
    return Invalid(field, "organizations and seal_authorization belong to kind: seal");
  }
  if (config.organizations().empty()) {
    return Invalid(field, "organizations: a policy for seals names at least one");
  }
  const auto& known = all.organizations();
  for (const std::string& identifier : config.organizations()) {
    if (std::none_of(known.begin(), known.end(),
                     [&](const auto& other) { return other.identifier() == identifier; })) {
      return Invalid(field, absl::StrCat("organizations: '", identifier, "' is not configured"));
    }
    policy.organizations.insert(identifier);
  }
  if (!by_itself) return absl::OkStatus();
  // Without an assertion there is nothing that binds a natural person (eIDAS art. 36: sole control
  // is the organisation's), so whatever asks for one cannot be had.
  if (key.level == signer::SignatureLevel::kQualified || config.signing_pin() ||
      config.amr_size() > 0 || config.issuers_size() > 0) {
    return Invalid(field,
                   "seal_authorization: relying_party has no person: neither QUALIFIED nor "
                   "signing_pin, amr or issuers go with it");
  }
  policy.seal_authorization = signer::SealAuthorization::kRelyingParty;
  return absl::OkStatus();
}

absl::StatusOr<signer::LevelPolicy> PolicyFrom(const v1::LevelPolicy& config,
                                               const signer::PolicyKey& key, const Config& all,
                                               absl::string_view field) {
  signer::LevelPolicy policy;
  ENKRAT_ASSIGN_OR_RETURN(policy.profile, ProfileOf(config, key, all, field));
  ENKRAT_RETURN_IF_ERROR(ReadAssurance(config, key, all, field, policy));
  for (const int algorithm : config.key_algorithms()) {
    const auto known = KeyAlgorithmFrom(static_cast<v1::KeyAlgorithm>(algorithm));
    if (!known.has_value()) return Invalid(field, "key_algorithms: an entry names none");
    policy.key_algorithms.insert(*known);
  }
  policy.signing_pin = config.signing_pin();
  if (policy.signing_pin && !all.signing_pins().enabled()) {
    return Invalid(field, "signing_pin: needs signing_pins.enabled");
  }
  policy.sessions_per_person_per_day = config.sessions_per_person_per_day();
  ENKRAT_RETURN_IF_ERROR(ReadSeal(config, key, all, field, policy));
  return policy;
}

// Where TLS is spoken there is none, whatever the file says: the certificate alone names the
// caller.
std::string PlaintextCaller(const Config& config) {
  const v1::ServerConfig& server = config.server();
  return server.plaintext_on_loopback() ? server.plaintext_relying_party() : "";
}

void ReadLimits(const v1::RelyingPartyConfig& config, const Config& all,
                signer::RelyingParty& party) {
  party.max_in_flight = config.max_in_flight() > 0 ? config.max_in_flight()
                                                   : std::max(1U, all.server().max_in_flight() / 4);
  party.calls_per_second = config.calls_per_second();
  party.burst =
      config.burst() > 0 ? config.burst() : std::max(kLeastBurst, 10 * config.calls_per_second());
  party.sessions_per_day = config.sessions_per_day();
}

// An assertion that is not bound says only by its audience whom the person gave it to.
absl::Status CheckAudiences(const signer::RelyingParty& party, const Config& all,
                            absl::string_view field) {
  const bool alone = all.relying_parties_size() == 1 && all.relying_parties_folder().empty();
  if (alone || !party.audiences.empty()) return absl::OkStatus();
  for (const auto& [key, policy] : party.policies) {
    if (policy.binding_required) continue;
    return Invalid(field,
                   "audiences: binding: optional beside other relying parties needs them, or an "
                   "assertion that was given to another would count");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CallerDirectory::Entry> CallerFrom(const v1::RelyingPartyConfig& config,
                                                  const Config& all, absl::string_view field) {
  CallerDirectory::Entry entry;
  signer::RelyingParty& party = entry.relying_party;
  party.id = config.id();
  if (!CheckVisibleText(config.id(), 64).ok()) {
    return Invalid(absl::StrCat(field, ".id"), "is not 1 to 64 visible characters");
  }
  party.disabled->store(config.disabled());
  party.audiences = {config.audiences().begin(), config.audiences().end()};
  ReadLimits(config, all, party);
  for (const v1::LevelPolicy& level_config : config.levels()) {
    const auto level = LevelFrom(level_config.level());
    if (!level.has_value()) return Invalid(field, "levels: an entry names no level");
    const signer::PolicyKey key = {.kind = KindFrom(level_config.kind()), .level = *level};
    ENKRAT_ASSIGN_OR_RETURN(signer::LevelPolicy policy, PolicyFrom(level_config, key, all, field));
    if (!party.policies.emplace(key, std::move(policy)).second) {
      return Invalid(field, absl::StrCat("levels: ", LevelName(*level), " is there twice"));
    }
  }
  if (party.policies.empty()) return Invalid(field, "levels: at least one is needed");
  ENKRAT_RETURN_IF_ERROR(CheckAudiences(party, all, field));
  entry.certificate_sans = {config.certificate_sans().begin(), config.certificate_sans().end()};
  if (entry.certificate_sans.empty() && config.id() != PlaintextCaller(all)) {
    return Invalid(field, "certificate_sans: at least one is needed");
  }
  return entry;
}

absl::StatusOr<std::unique_ptr<CallerDirectory>> CallersWith(
    const Config& config, const std::vector<RelyingPartyFile>& files) {
  if (config.relying_parties().empty() && config.relying_parties_folder().empty()) {
    return Invalid("relying_parties", "at least one is needed, or a relying_parties_folder");
  }
  std::vector<CallerDirectory::Entry> entries;
  for (int i = 0; i < config.relying_parties_size(); ++i) {
    ENKRAT_ASSIGN_OR_RETURN(
        CallerDirectory::Entry entry,
        CallerFrom(config.relying_parties(i), config, absl::StrCat("relying_parties[", i, "]")));
    entries.push_back(std::move(entry));
  }
  ENKRAT_ASSIGN_OR_RETURN(std::vector<CallerDirectory::Entry> in_folder,
                          EntriesFrom(files, config));
  return CallerDirectory::Create(std::move(entries), PlaintextCaller(config), std::move(in_folder));
}

absl::StatusOr<std::unique_ptr<CallerDirectory>> CallersFrom(const Config& config) {
  std::vector<RelyingPartyFile> files;
  if (!config.relying_parties_folder().empty()) {
    ENKRAT_ASSIGN_OR_RETURN(
        files, ReadRelyingPartyFolder(config.relying_parties_folder(), FolderOwner::kAnybody));
  }
  return CallersWith(config, files);
}

}  // namespace enkrat::server

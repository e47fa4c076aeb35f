#include "idp_client/saml_verifier.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/assurance_demands.h"
#include "idp_client/kept_copy.h"
#include "idp_client/saml_assertion_rules.h"
#include "idp_client/saml_metadata_source.h"
#include "idp_client/saml_person.h"
#include "idp_client/saml_response.h"
#include "idp_client/saml_settings.h"

namespace enkrat::idp_client {
namespace {

// Reading a file again costs little.
constexpr absl::Duration kFileRefreshInterval = absl::Seconds(1);

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

// A provider with its metadata.
struct KnownProvider {
  SamlIdentityProvider settings;
  std::unique_ptr<KeptCopy<SamlMetadata>> metadata;
};

// The assertion as it was signed. Metadata is asked for again, once, where no key of it fits.
absl::StatusOr<xml::Document> VerifySignatures(const SamlResponse& response,
                                               const KnownProvider& provider, CopyDemand demand) {
  std::shared_ptr<const SamlMetadata> seen;
  for (int attempt = 0; attempt < 2; ++attempt) {
    demand.seen = seen.get();
    ENKRAT_ASSIGN_OR_RETURN(std::shared_ptr<const SamlMetadata> metadata,
                            provider.metadata->Get(demand));
    if (metadata == nullptr) break;
    ENKRAT_ASSIGN_OR_RETURN(std::optional<xml::Document> assertion,
                            response.SignedAssertion(metadata->keys));
    if (assertion.has_value()) return *std::move(assertion);
    seen = std::move(metadata);
  }
  return Reject("signature is of no key of the provider");
}

absl::StatusOr<LevelOfAssurance> LevelOf(const std::string& context,
                                         const SamlIdentityProvider& provider) {
  const auto row = provider.context_levels.find(context);
  if (row == provider.context_levels.end()) return Reject("AuthnContextClassRef is unknown");
  return row->second;
}

// All that a verified assertion says, in the order of saml_assertion_rules.h. The level of
// assurance comes last: too low a level is told only to the bearer of an assertion that is good
// otherwise.
absl::StatusOr<VerifiedIdentity> ReadAssertion(xml::Element assertion,
                                               const SamlIdentityProvider& provider,
                                               const AssertionCheck& check, absl::Time now) {
  const SamlTimeDemands times = {
      .now = now, .skew = provider.skew, .max_authentication_age = check.max_authentication_age};
  VerifiedIdentity identity;
  identity.issuer = provider.entity_id;
  ENKRAT_ASSIGN_OR_RETURN(identity.assertion_id, CheckAssertionShape(assertion, times));
  ENKRAT_RETURN_IF_ERROR(CheckIssuer(assertion, provider.entity_id));
  ENKRAT_ASSIGN_OR_RETURN(
      const absl::Time not_on_or_after,
      CheckConditions(assertion, AudiencesOf(provider.audiences, check), times));
  ENKRAT_ASSIGN_OR_RETURN(const BearerConfirmation bearer,
                          CheckBearer(assertion,
                                      {.recipients = provider.recipients,
                                       .expected_in_response_to = check.expected_in_response_to,
                                       .binding_required = check.binding_required},
                                      times));
  identity.bound = bearer.bound;
  // Whichever comes first: from then on it is refused for its age.
  identity.assertion_expires_at = std::min(not_on_or_after, bearer.not_on_or_after) + provider.skew;
  ENKRAT_ASSIGN_OR_RETURN(const Authentication authentication,
                          CheckAuthentication(assertion, times));
  identity.authenticated_at = authentication.at;
  identity.authentication_context = authentication.context;
  ENKRAT_RETURN_IF_ERROR(ReadSamlPerson(assertion, provider, identity));
  ENKRAT_ASSIGN_OR_RETURN(identity.level_of_assurance, LevelOf(authentication.context, provider));
  if (identity.level_of_assurance < check.minimal_level_of_assurance) {
    return LevelTooLow(identity.level_of_assurance, provider.context_levels, check);
  }
  return identity;
}

}  // namespace

// The providers by their entity ids.
class SamlVerifier::Providers {
 public:
  static absl::StatusOr<std::unique_ptr<Providers>> Create(const Options& options) {
    std::unique_ptr<Providers> providers(new Providers(options.clock));
    for (const SamlIdentityProvider& settings : options.providers) {
      const absl::Status added = providers->Add(settings, options);
      if (!added.ok()) {
        return MakeError(
            Reason::kConfigurationInvalid,
            absl::StrCat("identity provider '", settings.entity_id, "': ", added.message()));
      }
    }
    return providers;
  }

  // The provider that the response says it is from, if it counts for this check.
  absl::StatusOr<const KnownProvider*> Find(const std::string& issuer,
                                            const std::vector<std::string>& accepted) const {
    const auto provider = providers_.find(issuer);
    if (provider == providers_.end()) return Reject("issuer is not a known identity provider");
    if (!accepted.empty() &&
        std::find(accepted.begin(), accepted.end(), issuer) == accepted.end()) {
      return Reject("issuer does not count for this relying party");
    }
    return &provider->second;
  }

  void KeepMetadataFresh() {
    for (auto& [name, provider] : providers_) provider.metadata->KeepFresh();
  }

  const Clock& clock() const { return *clock_; }

 private:
  explicit Providers(const Clock* clock) : clock_(clock) {}
  absl::Status Add(const SamlIdentityProvider& settings, const Options& options);

  const Clock* const clock_;
  std::map<std::string, KnownProvider> providers_;
};

absl::Status SamlVerifier::Providers::Add(const SamlIdentityProvider& settings,
                                          const Options& options) {
  KeptCopyOptions kept;
  kept.provider = settings.entity_id;
  kept.min_refresh_interval = options.min_refresh_interval;
  kept.refresh_after = options.refresh_after;
  kept.max_age = options.max_key_age;
  kept.clock = options.clock;
  kept.logger = options.logger;
  const bool from_file = !settings.metadata_file.empty();
  if (from_file) {
    kept.min_refresh_interval = std::min(kept.min_refresh_interval, kFileRefreshInterval);
  }
  ENKRAT_ASSIGN_OR_RETURN(const SamlMetadataSource source,
                          SamlMetadataSource::Create(settings, options.fetcher, options.clock));
  KnownProvider provider{settings, std::make_unique<KeptCopy<SamlMetadata>>(
                                       std::move(kept), [source](absl::Duration timeout) {
                                         return source.Fetch(timeout);
                                       })};
  if (from_file) ENKRAT_RETURN_IF_ERROR(provider.metadata->Prime());
  providers_.emplace(settings.entity_id, std::move(provider));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SamlVerifier>> SamlVerifier::Create(Options options) {
  ENKRAT_RETURN_IF_ERROR(CheckSamlOptions(options));
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<Providers> providers, Providers::Create(options));
  return std::unique_ptr<SamlVerifier>(new SamlVerifier(std::move(providers)));
}

SamlVerifier::SamlVerifier(std::unique_ptr<Providers> providers)
    : providers_(std::move(providers)) {}
SamlVerifier::~SamlVerifier() = default;

void SamlVerifier::KeepMetadataFresh() { providers_->KeepMetadataFresh(); }

absl::StatusOr<VerifiedIdentity> SamlVerifier::Verify(const AssertionCheck& check) {
  if (check.type != AssertionType::kSamlResponse) return Reject("not a SAML response");
  const absl::Duration arrived_at = providers_->clock().SinceBoot();
  ENKRAT_ASSIGN_OR_RETURN(const SamlResponse response, SamlResponse::Parse(check.assertion));
  ENKRAT_ASSIGN_OR_RETURN(const std::string issuer, response.ClaimedIssuer());
  ENKRAT_ASSIGN_OR_RETURN(const KnownProvider* provider,
                          providers_->Find(issuer, check.accepted_issuers));
  ENKRAT_RETURN_IF_ERROR(
      response.CheckEnvelope(issuer, provider->settings.recipients, check.expected_in_response_to));
  ENKRAT_ASSIGN_OR_RETURN(
      const xml::Document assertion,
      VerifySignatures(response, *provider,
                       {.arrived_at = arrived_at, .deadline = check.deadline, .seen = nullptr}));
  return ReadAssertion(assertion.root(), provider->settings, check, providers_->clock().Now());
}

}  // namespace enkrat::idp_client

#include "idp_client/oidc_verifier.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/assurance_demands.h"
#include "idp_client/authorized_act_claim.h"
#include "idp_client/compact_jws.h"
#include "idp_client/issuer_keys.h"
#include "idp_client/json_object.h"
#include "idp_client/key_source.h"
#include "idp_client/oidc_settings.h"
#include "idp_client/person_claims.h"
#include "idp_client/token_rules.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr JsonBounds kPayloadBounds = {.size = kMaxTokenSize, .depth = 8, .values = 512};
// Reading a file again costs little.
constexpr absl::Duration kFileRefreshInterval = absl::Seconds(1);

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

// A provider with its keys.
struct KnownIssuer {
  OidcIssuer settings;
  std::unique_ptr<IssuerKeys> keys;
};

absl::StatusOr<json> ParsePayload(ByteSpan payload) {
  absl::StatusOr<json> claims = ParseJsonObject(ToString(payload), kPayloadBounds);
  if (!claims.ok()) return Reject(absl::StrCat("payload: ", claims.status().message()));
  return claims;
}

bool AllowsAlgorithm(const OidcIssuer& issuer, const SignatureAlgorithm& algorithm) {
  return std::any_of(issuer.algorithms.begin(), issuer.algorithms.end(),
                     [&](const std::string& name) { return name == algorithm.name; });
}

// The rule of the header: details of the act, or the nonce.
absl::StatusOr<bool> CheckBinding(const json& claims, const AssertionCheck& check) {
  ENKRAT_ASSIGN_OR_RETURN(const ActBinding act, CheckAuthorizedAct(claims, check.authorized_act));
  if (act == ActBinding::kMatches) return true;
  return CheckNonce(claims, check.expected_nonce, check.binding_required);
}

// All that the claims of a token with a good signature say, in the order of token_rules.h. The
// level of assurance comes last: too low a level is told only to the bearer of a token that is good
// otherwise.
absl::StatusOr<VerifiedIdentity> ReadClaims(const json& claims, const CompactJws& jws,
                                            const OidcIssuer& issuer, const AssertionCheck& check,
                                            absl::Time now) {
  VerifiedIdentity identity;
  identity.issuer = issuer.issuer;
  ENKRAT_RETURN_IF_ERROR(CheckAudience(claims, AudiencesOf(issuer.audiences, check)));
  ENKRAT_ASSIGN_OR_RETURN(const TokenTimes times,
                          CheckTimes(claims, now,
                                     {.skew = issuer.skew,
                                      .max_authentication_age = check.max_authentication_age,
                                      .auth_time_required = issuer.auth_time_required}));
  identity.assertion_expires_at = times.expires_at + issuer.skew;
  identity.authenticated_at = times.authenticated_at;
  ENKRAT_ASSIGN_OR_RETURN(identity.bound, CheckBinding(claims, check));
  ENKRAT_ASSIGN_OR_RETURN(identity.assertion_id, ReadAssertionId(claims, jws.signing_input));
  ENKRAT_ASSIGN_OR_RETURN(identity.authentication_methods, ReadAuthenticationMethods(claims));
  ENKRAT_RETURN_IF_ERROR(ReadPerson(claims, issuer.claims, identity));
  ENKRAT_ASSIGN_OR_RETURN(AssuredLevel assured,
                          ReadLevelOfAssurance(claims, issuer.level_claim, issuer.acr_levels));
  identity.level_of_assurance = assured.level;
  identity.authentication_context = std::move(assured.value);
  if (assured.level < check.minimal_level_of_assurance) {
    return LevelTooLow(assured.level, issuer.acr_levels, check);
  }
  return identity;
}

}  // namespace

// The providers by their `iss`.
class OidcVerifier::Issuers {
 public:
  static absl::StatusOr<std::unique_ptr<Issuers>> Create(const Options& options);

  // The provider that the token says it is from, if it counts for this check. Nothing of the token
  // is verified yet; what comes out decides only which keys it is held against.
  absl::StatusOr<const KnownIssuer*> Find(const json& claims,
                                          const std::vector<std::string>& accepted) const;

  void KeepKeysFresh() {
    for (auto& [name, issuer] : issuers_) issuer.keys->KeepFresh();
  }

  absl::Time Now() const { return clock_->Now(); }

 private:
  explicit Issuers(const Clock* clock) : clock_(clock) {}
  absl::Status Add(const OidcIssuer& settings, const Options& options);

  const Clock* const clock_;
  std::map<std::string, KnownIssuer> issuers_;
};

absl::StatusOr<std::unique_ptr<OidcVerifier::Issuers>> OidcVerifier::Issuers::Create(
    const Options& options) {
  std::unique_ptr<Issuers> issuers(new Issuers(options.clock));
  for (const OidcIssuer& settings : options.issuers) {
    ENKRAT_RETURN_IF_ERROR(issuers->Add(settings, options));
  }
  return issuers;
}

absl::Status OidcVerifier::Issuers::Add(const OidcIssuer& settings, const Options& options) {
  IssuerKeys::Options keys;
  keys.issuer = settings.issuer;
  keys.min_refresh_interval = options.min_refresh_interval;
  keys.refresh_after = options.refresh_after;
  keys.max_key_age = options.max_key_age;
  keys.clock = options.clock;
  keys.logger = options.logger;
  const bool from_file = !settings.jwks_file.empty();
  if (from_file) {
    keys.source = std::make_unique<FileKeySource>(settings.jwks_file);
    keys.min_refresh_interval = std::min(keys.min_refresh_interval, kFileRefreshInterval);
  } else {
    keys.source = std::make_unique<DiscoveredKeySource>(
        DiscoveredKeySource::Options{.issuer = settings.issuer,
                                     .tls_ca_file = settings.tls_ca_file,
                                     .allow_loopback_http = settings.allow_loopback_http,
                                     .fetcher = options.fetcher});
  }
  KnownIssuer issuer{settings, std::make_unique<IssuerKeys>(std::move(keys))};
  if (from_file) {
    if (const absl::Status status = issuer.keys->Prime(); !status.ok()) {
      return MakeError(Reason::kConfigurationInvalid,
                       absl::StrCat("jwks_file of identity provider '", settings.issuer,
                                    "': ", status.message()));
    }
  }
  issuers_.emplace(settings.issuer, std::move(issuer));
  return absl::OkStatus();
}

absl::StatusOr<const KnownIssuer*> OidcVerifier::Issuers::Find(
    const json& claims, const std::vector<std::string>& accepted) const {
  const auto iss = claims.find("iss");
  if (iss == claims.end() || !iss->is_string()) return Reject("iss is missing");
  const std::string& name = iss->get_ref<const std::string&>();
  const auto issuer = issuers_.find(name);
  if (issuer == issuers_.end()) return Reject("iss is not a known identity provider");
  if (!accepted.empty() && std::find(accepted.begin(), accepted.end(), name) == accepted.end()) {
    return Reject("iss does not count for this relying party");
  }
  return &issuer->second;
}

absl::StatusOr<std::unique_ptr<OidcVerifier>> OidcVerifier::Create(Options options) {
  ENKRAT_RETURN_IF_ERROR(CheckOidcOptions(options));
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<Issuers> issuers, Issuers::Create(options));
  return std::unique_ptr<OidcVerifier>(new OidcVerifier(std::move(issuers)));
}

OidcVerifier::OidcVerifier(std::unique_ptr<Issuers> issuers) : issuers_(std::move(issuers)) {}
OidcVerifier::~OidcVerifier() = default;

void OidcVerifier::KeepKeysFresh() { issuers_->KeepKeysFresh(); }

absl::StatusOr<VerifiedIdentity> OidcVerifier::Verify(const AssertionCheck& check) {
  ENKRAT_ASSIGN_OR_RETURN(const CompactJws jws, ParseCompactJws(check.assertion));
  ENKRAT_ASSIGN_OR_RETURN(const json claims, ParsePayload(jws.payload));
  ENKRAT_ASSIGN_OR_RETURN(const KnownIssuer* issuer,
                          issuers_->Find(claims, check.accepted_issuers));
  if (!AllowsAlgorithm(issuer->settings, *jws.algorithm)) {
    return Reject("alg is not allowed for this identity provider");
  }
  ENKRAT_ASSIGN_OR_RETURN(const VerificationKey key,
                          issuer->keys->Find(*jws.algorithm, jws.kid, check.deadline));
  ENKRAT_RETURN_IF_ERROR(key.Verify(*jws.algorithm, jws.signing_input, jws.signature));
  return ReadClaims(claims, jws, issuer->settings, check, issuers_->Now());
}

}  // namespace enkrat::idp_client

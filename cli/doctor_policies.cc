// enkrat doctor: settings that are allowed, but that an operator should have chosen knowingly.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/connection.h"
#include "cli/doctor_checks.h"
#include "cli/service_configuration.h"
#include "common/loopback.h"
#include "server/settings.h"

namespace enkrat::cli {
namespace {

namespace v1 = config::v1;

constexpr int64_t kUsualAge = 180;  // seconds

v1::LevelOfAssurance DefaultAssurance(v1::Level level) {
  return level == v1::LEVEL_ADVANCED ? v1::LEVEL_OF_ASSURANCE_SUBSTANTIAL
                                     : v1::LEVEL_OF_ASSURANCE_HIGH;
}

void CheckProfile(const v1::ProfileConfig& profile, const std::string& module, Findings& findings) {
  const std::string check = absl::StrCat("profile ", profile.name());
  for (const std::string& policy : profile.policy_oids()) {
    // RFC 5612's arc for documentation.
    if (absl::StartsWith(policy, "1.3.6.1.4.1.32473.")) {
      findings.Warn(check, absl::StrCat("policy ", policy, " is an example"),
                    "put the OID of your own certificate policy into policy_oids");
    }
  }
  if (IsLoopbackUrl(profile.ca_issuers_url())) {
    findings.Warn(check, "ca_issuers_url points to this machine: nobody else can fetch it",
                  "set the public URL, and run enkrat init with --base-url for the CA's own");
  }
  if (profile.level() == v1::LEVEL_QUALIFIED && absl::StrContains(module, "softhsm")) {
    findings.Warn(check, "claims a QSCD, which SoftHSM is not (EN 319 412-5 4.2.2)",
                  "use a certified QSCD, or drop the qualified level");
  }
}

void CheckLevel(const std::string& check, const v1::LevelPolicy& policy, Findings& findings) {
  const std::string level = v1::Level_Name(policy.level());
  if (policy.minimal_level_of_assurance() != v1::LEVEL_OF_ASSURANCE_UNSPECIFIED &&
      policy.minimal_level_of_assurance() < DefaultAssurance(policy.level())) {
    findings.Warn(check, absl::StrCat(level, " asks for less assurance than it should"),
                  "drop minimal_level_of_assurance, or document why less is enough");
  }
  if (policy.max_authentication_age().seconds() > kUsualAge) {
    findings.Warn(check, absl::StrCat(level, " takes logins older than three minutes"),
                  "drop max_authentication_age, or document why an old login will do");
  }
  if (policy.seal_authorization() == v1::SEAL_AUTHORIZATION_RELYING_PARTY) {
    findings.Warn(check,
                  absl::StrCat(level,
                               " seals by the client certificate alone: whoever has "
                               "its key seals"),
                  "set seal_authorization: mandate, or keep that key in an HSM");
  }
  if (policy.binding() == v1::BINDING_OPTIONAL) {
    findings.Warn(check, absl::StrCat(level, " takes assertions that name no documents"),
                  "set binding: required, so that a stolen assertion signs nothing else");
  }
}

void CheckProvider(const v1::IssuerConfig& provider, Findings& findings) {
  if (provider.allow_loopback_http() && absl::StartsWith(provider.issuer(), "http://")) {
    findings.Warn("identity provider", "is asked without TLS: for a demo only",
                  "use a provider with an https issuer");
  }
  if (provider.allow_missing_auth_time()) {
    findings.Warn("identity provider", "need not say when the person logged in",
                  "drop allow_missing_auth_time, so that an old session does not pass for a login");
  }
}

}  // namespace

void CheckPolicies(const config::v1::Config& config,
                   const std::vector<v1::RelyingPartyConfig>& parties, Findings& findings) {
  const size_t before = findings.all().size();
  for (const v1::ProfileConfig& profile : config.certificates().profiles()) {
    CheckProfile(profile, config.hsm().module(), findings);
  }
  for (const v1::RelyingPartyConfig& party : parties) {
    for (const v1::LevelPolicy& policy : party.levels()) {
      CheckLevel(absl::StrCat("relying party ", party.id()), policy, findings);
    }
  }
  for (const v1::IssuerConfig& provider : config.identity_providers()) {
    CheckProvider(provider, findings);
  }
  if (config.server().plaintext_on_loopback()) {
    findings.Warn("gRPC", "anybody on this machine is the plaintext relying party",
                  "set server.tls, and certificate_sans for each relying party");
  }
  if (findings.all().size() == before) findings.Ok("policies", "nothing to remark");
}

}  // namespace enkrat::cli

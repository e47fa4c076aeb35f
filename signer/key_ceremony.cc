#include "signer/key_ceremony.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ca/authority_certificate.h"
#include "ca/http_url.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/ceremony_certificates.h"
#include "signer/ceremony_folder.h"
#include "signer/ceremony_keys.h"

namespace enkrat::signer {
namespace {

absl::Status CheckSettings(const CeremonySettings& settings) {
  ENKRAT_RETURN_IF_ERROR(
      ca::CheckAuthorityName({.country = settings.country,
                              .organization = settings.organization,
                              .organization_identifier = settings.organization_identifier,
                              .common_name = "checked"}));
  if (!ca::IsHttpUrl(settings.base_url)) {
    return MakeError(Reason::kConfigurationInvalid, "the base URL is not an http or https URL");
  }
  if (settings.plan == RootPlan::kInstallCertificate && settings.outside_chain_der.empty()) {
    return MakeError(Reason::kConfigurationInvalid, "there is no outside certificate to install");
  }
  return absl::OkStatus();
}

absl::string_view PlanText(RootPlan plan) {
  switch (plan) {
    case RootPlan::kOwnRoot:
      return "own root CA";
    case RootPlan::kRequestCertificate:
      return "certification request for an outside CA";
    case RootPlan::kInstallCertificate:
      return "certificate of an outside CA";
  }
  return "";
}

std::string Days(absl::Duration duration) {
  return absl::StrCat(duration / absl::Hours(24), " days");
}

CeremonyReport NewReport(const CeremonySettings& settings, const CeremonyTools& tools) {
  CeremonyReport report;
  report.time = tools.clock->Now();
  const hsm::ModuleInfo& info = tools.module->info();
  report.module = {{"path", info.path},
                   {"manufacturer", info.manufacturer},
                   {"description", info.description},
                   {"library_version", info.library_version},
                   {"cryptoki_version", info.cryptoki_version}};
  report.settings = {{"root", std::string(PlanText(settings.plan))},
                     {"country", settings.country},
                     {"organization", settings.organization},
                     {"organization_identifier", settings.organization_identifier},
                     {"base_url", settings.base_url},
                     {"policy_oids", absl::StrJoin(settings.policy_oids, " ")},
                     {"algorithm", std::string(KeyAlgorithmName(settings.algorithm))},
                     {"root_algorithm", std::string(KeyAlgorithmName(settings.root_algorithm))},
                     {"root_lifetime", Days(settings.root_lifetime)},
                     {"issuing_ca_lifetime", Days(settings.issuing_ca_lifetime)},
                     {"timestamping_unit_lifetime", Days(settings.timestamping_unit_lifetime)},
                     {"timestamping_key_lifetime", Days(settings.timestamping_key_lifetime)},
                     {"ocsp_responder_lifetime", Days(settings.ocsp_responder_lifetime)}};
  return report;
}

// The tokens' own words about themselves.
absl::Status DescribeTokens(const CeremonyTools& tools, CeremonyReport& report) {
  for (const hsm::SessionPool* pool : {tools.working_pool, tools.root_pool}) {
    if (pool == nullptr) continue;
    ENKRAT_ASSIGN_OR_RETURN(const hsm::TokenInfo token,
                            tools.module->FindToken(pool->token_label()));
    report.module.emplace_back(absl::StrCat("token \"", token.label, "\""),
                               absl::StrCat("manufacturer ", token.manufacturer, ", model ",
                                            token.model, ", serial ", token.serial));
  }
  return absl::OkStatus();
}

absl::Status WriteReport(const CeremonyFolder& folder, CeremonyReport& report) {
  if (!report.changed()) return absl::OkStatus();
  const std::string name = absl::StrCat(
      "ceremony-", absl::FormatTime("%Y%m%dT%H%M%SZ", report.time, absl::UTCTimeZone()));
  ENKRAT_RETURN_IF_ERROR(folder.Write(name + ".json", ReportAsJson(report)).status());
  return folder.Write(name + ".txt", ReportAsText(report)).status();
}

}  // namespace

absl::StatusOr<CeremonyReport> RunKeyCeremony(const CeremonySettings& settings,
                                              const CeremonyTools& tools) {
  ENKRAT_RETURN_IF_ERROR(CheckSettings(settings));
  const CeremonyFolder folder(settings.folder);
  CeremonyReport report = NewReport(settings, tools);
  ENKRAT_RETURN_IF_ERROR(DescribeTokens(tools, report));
  ENKRAT_ASSIGN_OR_RETURN(const CeremonyKeys keys, EnsureKeys(settings, tools, folder, report));
  CeremonyCertificates certificates(settings, tools, folder, keys, report);
  if (settings.plan == RootPlan::kRequestCertificate) {
    ENKRAT_RETURN_IF_ERROR(certificates.EnsureRequest());
    report.next_steps = {
        absl::StrCat("have ", folder.PathOf(kRequestFile),
                     " certified as a CA, then install the chain (issuing CA first, root last)")};
  } else {
    ENKRAT_RETURN_IF_ERROR(certificates.EnsureChain());
    ENKRAT_RETURN_IF_ERROR(certificates.EnsureEndEntities());
  }
  ENKRAT_RETURN_IF_ERROR(WriteReport(folder, report));
  return report;
}

}  // namespace enkrat::signer

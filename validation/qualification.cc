#include "validation/qualification.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "validation/certificate_claims.h"

namespace enkrat::validation {
namespace {

using trusted_list::ServiceStatus;
using trusted_list::TrustService;

constexpr absl::string_view kQualifiedCa = "/Svctype/CA/QC";
constexpr absl::string_view kQualifiedTimestamps = "/Svctype/TSA/QTST";
constexpr absl::string_view kGranted = "/Svcstatus/granted";
constexpr char kTypePrefix[] = "/SvcInfoExt/For";

// The status at that time; null before the first one.
const ServiceStatus* StatusAt(const TrustService& service, absl::Time time) {
  for (const ServiceStatus& status : service.statuses) {  // newest first
    if (status.starting_at <= time) return &status;
  }
  return nullptr;
}

bool IsGrantedAt(const TrustService& service, absl::Time time) {
  const ServiceStatus* status = StatusAt(service, time);
  return status != nullptr && absl::EndsWith(status->status, kGranted);
}

bool Applies(const ServiceStatus::Qualification& qualification, const CertificateClaims& claims) {
  if (!qualification.criteria_understood) return false;
  const auto has_policy = [&](const std::string& oid) {
    return std::find(claims.policy_oids.begin(), claims.policy_oids.end(), oid) !=
           claims.policy_oids.end();
  };
  const auto has_usage = [&](const std::string& usage) {
    return std::find(claims.key_usages.begin(), claims.key_usages.end(), usage) !=
           claims.key_usages.end();
  };
  return (qualification.policy_oids.empty() ||
          std::any_of(qualification.policy_oids.begin(), qualification.policy_oids.end(),
                      has_policy)) &&
         (qualification.key_usages.empty() ||
          std::any_of(qualification.key_usages.begin(), qualification.key_usages.end(), has_usage));
}

// What the certificate says, as the list corrects it (TS 119 612 5.5.9.2.3).
struct Qualified {
  bool certificate = false;
  bool device = false;
  bool for_signatures = false;
  bool for_seals = false;
};

void Correct(Qualified& qualified, absl::string_view qualifier) {
  const auto is = [&](absl::string_view name) { return absl::EndsWith(qualifier, name); };
  if (is("/QCStatement")) qualified.certificate = true;
  if (is("/NotQualified")) qualified.certificate = false;
  if (is("/QCWithQSCD") || is("/QCQSCDManagedOnBehalf") || is("/QCWithSSCD")) {
    qualified.device = true;
  }
  if (is("/QCNoQSCD") || is("/QCNoSSCD")) qualified.device = false;
  if (is("/QCForESig")) qualified.for_signatures = true;
  if (is("/QCForESeal")) qualified.for_seals = true;
}

// By what stood in the list when the certificate was issued.
Qualified QualifiedBy(const ServiceStatus& status, const CertificateClaims& claims) {
  Qualified qualified{.certificate = claims.qc_compliance,
                      .device = claims.qc_sscd,
                      .for_signatures = claims.qc_type == "esign",
                      .for_seals = claims.qc_type == "eseal"};
  for (const ServiceStatus::Qualification& qualification : status.qualifications) {
    if (!Applies(qualification, claims)) continue;
    for (const std::string& qualifier : qualification.qualifiers) Correct(qualified, qualifier);
  }
  // The service has to be one for that type of certificate, if it says so at all.
  const auto serves = [&](absl::string_view suffix) {
    bool restricted = false;
    for (const std::string& information : status.additional_information) {
      if (!absl::StrContains(information, kTypePrefix)) continue;
      restricted = true;
      if (absl::EndsWith(information, suffix)) return true;
    }
    return !restricted;
  };
  qualified.for_signatures = qualified.for_signatures && serves("/ForeSignatures");
  qualified.for_seals = qualified.for_seals && serves("/ForeSeals");
  return qualified;
}

std::string Determination(const Qualified& qualified, bool seal) {
  const bool fits = seal ? qualified.for_seals : qualified.for_signatures;
  if (!qualified.certificate || !fits) return seal ? "ADESEAL" : "ADESIG";
  if (qualified.device) return seal ? "QESEAL" : "QESIG";
  return seal ? "ADESEAL_QC" : "ADESIG_QC";
}

}  // namespace

QualificationReport Qualify(ByteSpan signer_der, const std::vector<ChainElement>& chain,
                            absl::Time proven_at, Indication indication, const TrustStore& trust) {
  const CertificateClaims claims = ReadCertificateClaims(signer_der);
  QualificationReport report{.level_of_assurance = claims.level_of_assurance,
                             .qc_compliance = claims.qc_compliance,
                             .qc_sscd = claims.qc_sscd,
                             .qc_type = claims.qc_type};
  if (indication != Indication::kTotalPassed || chain.empty()) return report;
  const absl::Time issued_at = chain.front().not_before;
  for (const ChainElement& element : chain) {
    for (const TrustService* service : trust.ServicesOf(element.der)) {
      if (!absl::EndsWith(service->type, kQualifiedCa)) continue;
      if (!IsGrantedAt(*service, issued_at) || !IsGrantedAt(*service, proven_at)) continue;
      const Qualified qualified = QualifiedBy(*StatusAt(*service, issued_at), claims);
      const bool seal = qualified.for_seals && !qualified.for_signatures;
      report.determination = Determination(qualified, seal);
      if (report.determination.front() == 'Q') return report;
    }
  }
  return report;
}

bool IsQualifiedTimestampChain(const std::vector<ChainElement>& chain, absl::Time gen_time,
                               const TrustStore& trust) {
  for (const ChainElement& element : chain) {
    for (const TrustService* service : trust.ServicesOf(element.der)) {
      if (absl::EndsWith(service->type, kQualifiedTimestamps) && IsGrantedAt(*service, gen_time)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace enkrat::validation

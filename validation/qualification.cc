#include "validation/qualification.h"

#include <algorithm>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "validation/certificate_claims.h"

namespace enkrat::validation {
namespace {

using trusted_list::ServiceStatus;
using trusted_list::TrustService;

constexpr absl::string_view kQualifiedCa = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
constexpr absl::string_view kQualifiedTimestamps = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
constexpr absl::string_view kGranted = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";
constexpr absl::string_view kInformation = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/";

enum class For { kNothing, kSignatures, kSeals };

// What a certificate is by its own word and a list's, at one time.
struct Standing {
  bool granted = false;
  bool qualified = false;
  bool on_device = false;
  For use = For::kNothing;
};

bool Contains(const std::vector<std::string>& list, absl::string_view element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}
bool ContainsAny(const std::vector<std::string>& list, const std::vector<std::string>& elements) {
  return std::any_of(elements.begin(), elements.end(),
                     [&](const std::string& element) { return Contains(list, element); });
}
bool ContainsAll(const std::vector<std::string>& list, const std::vector<std::string>& elements) {
  return std::all_of(elements.begin(), elements.end(),
                     [&](const std::string& element) { return Contains(list, element); });
}

// Null before the first one.
const ServiceStatus* StatusAt(const TrustService& service, absl::Time time) {
  for (const ServiceStatus& status : service.statuses) {  // newest first
    if (status.starting_at <= time) return &status;
  }
  return nullptr;
}

bool IsGrantedAt(const TrustService& service, absl::Time time) {
  const ServiceStatus* status = StatusAt(service, time);
  return status != nullptr && status->status == kGranted;
}

bool TakesAway(absl::string_view qualifier) {
  return qualifier == "NotQualified" || qualifier == "QCNoQSCD" || qualifier == "QCNoSSCD";
}

// The names of the qualifiers that apply to the certificate, such as "QCWithQSCD" (TS 119 612
// 5.5.9.2).
std::vector<std::string> QualifiersFor(const ServiceStatus& status,
                                       const CertificateClaims& claims) {
  std::vector<std::string> names;
  for (const ServiceStatus::Qualification& qualification : status.qualifications) {
    if (!qualification.policy_oids.empty() &&
        !ContainsAny(claims.policy_oids, qualification.policy_oids)) {
      continue;
    }
    if (!ContainsAll(claims.key_usages, qualification.key_usages)) continue;
    for (absl::string_view qualifier : qualification.qualifiers) {
      if (!absl::ConsumePrefix(&qualifier, kInformation)) continue;
      // Nobody knows whom it is for: nothing is given for it, but it may well be this one's loss.
      if (qualification.criteria_understood || TakesAway(qualifier)) names.emplace_back(qualifier);
    }
  }
  return names;
}

// EN 319 412-5 4.2.3: a qualified certificate without a type is for signatures.
For UseClaimed(const CertificateClaims& claims) {
  if (claims.qc_type == "esign") return For::kSignatures;
  if (claims.qc_type == "eseal") return For::kSeals;
  return claims.qc_type.empty() && claims.qc_compliance ? For::kSignatures : For::kNothing;
}

For UseBy(const std::vector<std::string>& qualifiers, For claimed) {
  const bool signatures = Contains(qualifiers, "QCForESig");
  const bool seals = Contains(qualifiers, "QCForESeal");
  const bool web = Contains(qualifiers, "QCForWSA");
  if (signatures + seals + web > 1 || web) return For::kNothing;
  if (signatures) return For::kSignatures;
  return seals ? For::kSeals : claimed;
}

Standing StandingAt(const TrustService& service, const CertificateClaims& claims, absl::Time time) {
  const ServiceStatus* status = StatusAt(service, time);
  if (status == nullptr) return {};
  const std::vector<std::string> qualifiers = QualifiersFor(*status, claims);
  const auto says = [&](absl::string_view name) { return Contains(qualifiers, name); };
  Standing standing;
  standing.granted = status->status == kGranted;
  standing.qualified = ((claims.qc_compliance && !claims.foreign_law) || says("QCStatement")) &&
                       !says("NotQualified");
  standing.on_device = (claims.qc_sscd || says("QCWithQSCD") || says("QCWithSSCD") ||
                        says("QCQSCDManagedOnBehalf")) &&
                       !says("QCNoQSCD") && !says("QCNoSSCD");
  const For use = UseBy(qualifiers, UseClaimed(claims));
  const absl::string_view service_for = use == For::kSeals ? "ForeSeals" : "ForeSignatures";
  if (std::any_of(status->additional_information.begin(), status->additional_information.end(),
                  [&](absl::string_view information) {
                    return absl::ConsumePrefix(&information, kInformation) &&
                           information == service_for;
                  })) {
    standing.use = use;
  }
  return standing;
}

// Both times together; from weak to strong.
enum class Level { kAdvanced, kQualifiedCertificate, kQualified };
Level LevelOf(const Standing& issued, const Standing& used) {
  const auto qualified = [](const Standing& standing) {
    return standing.granted && standing.qualified && standing.use != For::kNothing;
  };
  if (!qualified(issued) || !qualified(used) || issued.use != used.use) return Level::kAdvanced;
  return issued.on_device && used.on_device ? Level::kQualified : Level::kQualifiedCertificate;
}

std::string Determination(Level level, bool seal) {
  switch (level) {
    case Level::kQualified:
      return seal ? "QESEAL" : "QESIG";
    case Level::kQualifiedCertificate:
      return seal ? "ADESEAL_QC" : "ADESIG_QC";
    case Level::kAdvanced:
      break;
  }
  return seal ? "ADESEAL" : "ADESIG";
}

}  // namespace

QualificationReport Qualify(ByteSpan signer_der, const std::vector<ChainElement>& chain,
                            absl::Time proven_at, Indication indication, const TrustStore& trust) {
  const CertificateClaims claims = ReadCertificateClaims(signer_der);
  QualificationReport report{.level_of_assurance = claims.level_of_assurance,
                             .qc_compliance = claims.qc_compliance,
                             .qc_sscd = claims.qc_sscd,
                             .qc_type = claims.qc_type};
  if (indication != Indication::kTotalPassed) return report;
  std::optional<Level> weakest;
  bool seal = UseClaimed(claims) == For::kSeals;
  for (size_t i = 1; i < chain.size(); ++i) {  // a list names issuers, not signers
    for (const TrustService* service : trust.ServicesOf(chain[i].der)) {
      if (service->type != kQualifiedCa) continue;
      const Standing issued = StandingAt(*service, claims, chain.front().not_before);
      const Standing used = StandingAt(*service, claims, proven_at);
      const Level level = LevelOf(issued, used);
      // One entry may be for signatures and another, of the same CA, for seals.
      if (weakest && level == Level::kAdvanced) continue;
      if (!weakest || *weakest == Level::kAdvanced || level < *weakest) {
        weakest = level;
        if (level != Level::kAdvanced) seal = used.use == For::kSeals;
      }
    }
  }
  if (weakest) report.determination = Determination(*weakest, seal);
  return report;
}

bool IsQualifiedTimestampChain(const std::vector<ChainElement>& chain, const TimestampTimes& times,
                               const TrustStore& trust) {
  for (const ChainElement& element : chain) {
    for (const TrustService* service : trust.ServicesOf(element.der)) {
      if (service->type == kQualifiedTimestamps && IsGrantedAt(*service, times.gen_time) &&
          IsGrantedAt(*service, times.proven_at)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace enkrat::validation

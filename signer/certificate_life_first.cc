// Certificates that succeed no other: over the keys of requests, and of further timestamping units
// beside the first, which they take after.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/ceremony_folder.h"
#include "signer/certificate_life.h"
#include "signer/certificate_life_plan.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxCommonName = 64;  // X.520 ub-common-name
constexpr auto kRole = CertificateRole::kTimestampingUnit;

std::string CommonNameOf(const std::string& organization, const std::string& unit) {
  const std::string own = absl::StrCat("Timestamping Unit ", unit);
  const std::string with_name = absl::StrCat(organization, " ", own);
  return with_name.size() <= kMaxCommonName ? with_name : own;
}

}  // namespace

absl::StatusOr<Succession> CertificateLife::IssueOverRequest(const RequestedCertificate& wanted,
                                                             const LifeOrder& order) {
  if (!IsFromRequest(wanted.role)) {
    return MakeError(
        Reason::kConfigurationInvalid,
        absl::StrCat(RoleName(wanted.role), " certificates are not issued over requests"));
  }
  ENKRAT_ASSIGN_OR_RETURN(const RegisteredCertificate* issuer, IssuerFor(wanted.role));
  const absl::Time begin = LifeBegin(tools_.clock->Now());
  const absl::Time end = std::min(begin + wanted.lifetime, issuer->description.not_after);
  Plan plan{.data = wanted.data,
            .result = {.predecessor = "",
                       .serial_number = "",
                       .role = wanted.role,
                       .subject = wanted.data.common_name,
                       .key_label = "",
                       .not_before = begin,
                       .not_after = end,
                       .key_not_after = end},
            .issuer = issuer};
  return Carry(std::move(plan), "issued", order);
}

absl::Status CertificateLife::CheckNewUnit(const NewUnit& wanted) const {
  if (!IsUnitName(wanted.name)) {
    return MakeError(Reason::kRequestMalformed,
                     "a unit's name is a lower-case letter, then letters and digits, 16 at most");
  }
  if (register_.LatestOf(kRole, wanted.name) != nullptr) {
    return MakeError(Reason::kCertificateStateForbids,
                     absl::StrCat("there is a timestamping unit ", wanted.name,
                                  " already: use renew, reissue, or issue if it was revoked"));
  }
  const std::string file = places_.FileOf(kRole, wanted.name);
  const CeremonyFolder folder(places_.folder);
  if (folder.Has(file)) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat(folder.PathOf(file), " is there already: move it away first"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Succession> CertificateLife::AddUnit(const NewUnit& wanted, const LifeOrder& order) {
  ENKRAT_RETURN_IF_ERROR(CheckNewUnit(wanted));
  const RegisteredCertificate* first = register_.LatestOf(kRole);
  if (first == nullptr) {
    return MakeError(Reason::kConfigurationInvalid,
                     "there is no first timestamping unit to take after");
  }
  CertificateData data = first->description.data;
  data.common_name = CommonNameOf(data.organization, wanted.name);
  data.qualified = wanted.qualified;
  ENKRAT_ASSIGN_OR_RETURN(Plan plan, MakePlan(*first, std::move(data)));
  plan.algorithm = wanted.algorithm;
  plan.result.predecessor.clear();
  plan.result.unit = wanted.name;
  plan.result.subject = plan.data.common_name;
  plan.result.key_label = places_.KeyOf(kRole, wanted.name);
  return Carry(std::move(plan), "added", order);
}

}  // namespace enkrat::signer

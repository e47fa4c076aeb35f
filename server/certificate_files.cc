#include "server/certificate_files.h"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ca/issuer_chain.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"
#include "server/certificate_watch.h"
#include "server/ocsp_desks.h"
#include "server/revocation_settings.h"
#include "server/settings_words.h"
#include "server/timestamping_settings.h"
#include "signer/certificate_description.h"
#include "tsa/unit_certificate.h"

namespace enkrat::server {
namespace {

absl::Status CheckIssuing(const std::string& chain_file, const std::vector<Bytes>& chain,
                          absl::Time now) {
  const absl::Status checked = ca::CheckIssuerChain(chain, now).status();
  if (checked.ok()) return checked;
  const auto facts = signer::DescribeCertificate(chain.front());
  if (!facts.ok() || now <= facts->not_after) return Invalid(chain_file, checked.message());
  return Invalid(
      chain_file,
      absl::StrCat("the issuing CA's certificate ended on ", TimeTextOfSecond(facts->not_after),
                   "; with the root's token: enkrat certificates reissue issuing-ca"));
}

absl::Status CheckUnit(const UnitSettings& settings, absl::Time now) {
  ENKRAT_ASSIGN_OR_RETURN(std::vector<Bytes> chain, ChainFrom(settings.chain_file));
  const auto unit = tsa::LoadUnitCertificateOfAnyPeriod(std::move(chain), now);
  if (!unit.ok()) return Invalid(settings.chain_file, unit.status().message());
  if (!settings.qualified || unit->qualified_claim) return absl::OkStatus();
  return Invalid(settings.chain_file,
                 "the unit's certificate does not claim qualified timestamps (enkrat certificates "
                 "reissue timestamping-unit --qualified)");
}

// Each policy must have a unit, be its period over: it takes part again once it has been renewed.
absl::Status CheckUnits(const Config& config, absl::Time now) {
  std::map<std::string, absl::Status> by_policy;
  for (const UnitSettings& settings : UnitsFrom(config)) {
    ENKRAT_RETURN_IF_ERROR(ChainFrom(settings.chain_file).status());
    const absl::Status unit = CheckUnit(settings, now);
    const auto [found, first] = by_policy.emplace(settings.policy_oid, unit);
    if (!first && unit.ok()) found->second = unit;
  }
  for (const auto& [policy, unit] : by_policy) ENKRAT_RETURN_IF_ERROR(unit);
  return absl::OkStatus();
}

absl::Status CheckResponder(const Config& config, const Bytes& issuing_ca,
                            const signer::CertificateRegister& registered) {
  ENKRAT_ASSIGN_OR_RETURN(const RevocationSettings settings, RevocationFrom(config));
  if (!settings.ocsp_required) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<ResponderCertificate> responders,
                          RespondersFrom(settings, registered));
  std::vector<Bytes> certificates = {issuing_ca};
  for (const signer::RegisteredCertificate& each : registered.certificates()) {
    if (each.role == signer::CertificateRole::kIssuingCa) certificates.push_back(each.der);
  }
  std::vector<ca::StatusIssuer> authorities;
  for (const Bytes& der : certificates) {
    absl::StatusOr<ca::StatusIssuer> authority = ca::ReadStatusIssuer(der);
    if (authority.ok()) authorities.push_back(*std::move(authority));
  }
  return CheckResponderIsOurs(responders, authorities);
}

}  // namespace

absl::Status CheckCertificateFiles(const Config& config, absl::Time now) {
  const std::string& chain_file = config.certificates().chain_file();
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> issuing, ChainFrom(chain_file));
  ENKRAT_RETURN_IF_ERROR(CheckIssuing(chain_file, issuing, now));
  signer::CertificateRegisterReader registered(
      std::filesystem::path(chain_file).parent_path().string());
  ENKRAT_RETURN_IF_ERROR(CheckNotRevoked(registered, issuing));
  ENKRAT_ASSIGN_OR_RETURN(const auto all, registered.Current());
  ENKRAT_RETURN_IF_ERROR(CheckResponder(config, issuing.front(), *all));
  const config::v1::TimestampingConfig& timestamping = config.timestamping();
  if (!timestamping.has_own()) {
    ENKRAT_ASSIGN_OR_RETURN(const std::vector<Bytes> trusted,
                            ChainFrom(timestamping.outside().trust_file()));
    return CheckOutsideRoots(trusted);
  }
  return CheckUnits(config, now);
}

}  // namespace enkrat::server

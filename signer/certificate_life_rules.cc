#include "signer/certificate_life_rules.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/time_text.h"

namespace enkrat::signer {
namespace {

constexpr size_t kMaxCommonName = 64;  // X.520 ub-common-name

template <typename... Parts>
absl::Status Forbidden(const Parts&... parts) {
  return MakeError(Reason::kCertificateStateForbids, absl::StrCat(parts...));
}

const RegisteredCertificate* SuccessorOf(const CertificateRegister& all,
                                         const RegisteredCertificate& certificate) {
  for (const RegisteredCertificate& each : all.certificates()) {
    if (each.predecessor == certificate.description.serial_number) return &each;
  }
  return nullptr;
}

absl::Status CheckNotRevoked(const RegisteredCertificate& certificate, absl::string_view way_out) {
  if (certificate.state != CertificateState::kRevoked) return absl::OkStatus();
  return Forbidden("revoked on ", TimeTextOfSecond(certificate.revoked_at), " (",
                   RevocationReasonName(certificate.revocation_reason), "): ", way_out);
}

absl::Status CheckHeads(const CertificateRegister& all, const RegisteredCertificate& certificate) {
  if (certificate.role == CertificateRole::kRootCa) {
    return Forbidden("a root CA has no CA above it: run a new ceremony in a new folder");
  }
  if (const RegisteredCertificate* successor = SuccessorOf(all, certificate);
      successor != nullptr) {
    return Forbidden("succeeded by ", successor->description.serial_number,
                     " already: use that one");
  }
  return absl::OkStatus();
}

}  // namespace

CertificateData ChangedData(const CertificateData& data, const DataChanges& changes) {
  CertificateData changed = data;
  if (changes.country.has_value()) changed.country = *changes.country;
  if (changes.organization_identifier.has_value()) {
    changed.organization_identifier = *changes.organization_identifier;
  }
  if (changes.policy_oids.has_value()) changed.policy_oids = *changes.policy_oids;
  if (changes.ca_issuers_url.has_value()) changed.ca_issuers_url = *changes.ca_issuers_url;
  if (changes.crl_url.has_value()) changed.crl_url = *changes.crl_url;
  if (changes.ocsp_url.has_value()) changed.ocsp_url = *changes.ocsp_url;
  if (changes.qualified.has_value()) changed.qualified = *changes.qualified;
  if (!changes.organization.has_value()) return changed;
  changed.organization = *changes.organization;
  const std::string prefix = absl::StrCat(data.organization, " ");
  if (absl::StartsWith(data.common_name, prefix)) {
    const std::string own = data.common_name.substr(prefix.size());
    const std::string with_name = absl::StrCat(changed.organization, " ", own);
    changed.common_name = with_name.size() <= kMaxCommonName ? with_name : own;
  }
  return changed;
}

std::vector<std::string> Differences(const CertificateData& before, const CertificateData& after) {
  std::vector<std::string> names;
  const auto compare = [&](const char* name, const auto& one, const auto& other) {
    if (one != other) names.emplace_back(name);
  };
  compare("countryName", before.country, after.country);
  compare("organizationName", before.organization, after.organization);
  compare("organizationIdentifier", before.organization_identifier, after.organization_identifier);
  compare("commonName", before.common_name, after.common_name);
  compare("certificatePolicies", before.policy_oids, after.policy_oids);
  compare("caIssuers", before.ca_issuers_url, after.ca_issuers_url);
  compare("cRLDistributionPoints", before.crl_url, after.crl_url);
  compare("OCSP location", before.ocsp_url, after.ocsp_url);
  compare("qcStatements", before.qualified, after.qualified);
  return names;
}

absl::Status CheckRenewal(const CertificateRegister& all, const RegisteredCertificate& certificate,
                          const CertificateData& data, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(
      CheckNotRevoked(certificate,
                      "a revoked certificate is never renewed: enkrat certificates issue makes a "
                      "new one with a new key"));
  ENKRAT_RETURN_IF_ERROR(CheckHeads(all, certificate));
  const CertificateDescription& facts = certificate.description;
  if (now > facts.not_after) {
    return Forbidden("expired on ", TimeTextOfSecond(facts.not_after), ": use reissue");
  }
  const std::vector<std::string> different = Differences(facts.data, data);
  if (!different.empty()) {
    return Forbidden("its data changed (", absl::StrJoin(different, ", "), "): use reissue");
  }
  return absl::OkStatus();
}

absl::Status CheckReissue(const CertificateRegister& all, const RegisteredCertificate& certificate,
                          const CertificateData& data, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(
      CheckNotRevoked(certificate,
                      "a revoked certificate is never reissued: enkrat certificates issue makes a "
                      "new one with a new key"));
  ENKRAT_RETURN_IF_ERROR(CheckHeads(all, certificate));
  const CertificateDescription& facts = certificate.description;
  if (now <= facts.not_after && Differences(facts.data, data).empty()) {
    return Forbidden("valid until ", TimeTextOfSecond(facts.not_after),
                     ", and its data is unchanged: use renew");
  }
  return absl::OkStatus();
}

absl::Status CheckNewIssue(const CertificateRegister& all,
                           const RegisteredCertificate& certificate) {
  ENKRAT_RETURN_IF_ERROR(CheckHeads(all, certificate));
  if (certificate.state != CertificateState::kRevoked) {
    return Forbidden("not revoked: use renew before it expires, or reissue");
  }
  return absl::OkStatus();
}

absl::Status CheckRevocation(const RegisteredCertificate& certificate, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(CheckNotRevoked(certificate, "a revocation is final"));
  if (certificate.role == CertificateRole::kRootCa) {
    return Forbidden(
        "a root CA is not revoked, it is removed from where it is trusted: revoke the issuing CA, "
        "and tell those who trust the root");
  }
  if (now > certificate.description.not_after) {
    return Forbidden("expired on ", TimeTextOfSecond(certificate.description.not_after),
                     ": nothing relies on it any more");
  }
  return absl::OkStatus();
}

absl::Status CheckInForce(const RegisteredCertificate& certificate, absl::Time now) {
  ENKRAT_RETURN_IF_ERROR(CheckNotRevoked(certificate, "it is not used any more"));
  const CertificateDescription& facts = certificate.description;
  if (now < facts.not_before) {
    return Forbidden("not valid before ", TimeTextOfSecond(facts.not_before));
  }
  if (now > facts.not_after) return Forbidden("expired on ", TimeTextOfSecond(facts.not_after));
  return absl::OkStatus();
}

}  // namespace enkrat::signer

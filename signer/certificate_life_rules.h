// What may be done with a long-lived certificate in its state (EN 319 411-1 6.3.6 to 6.3.9).
#ifndef ENKRAT_SIGNER_CERTIFICATE_LIFE_RULES_H_
#define ENKRAT_SIGNER_CERTIFICATE_LIFE_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "signer/certificate_register.h"

namespace enkrat::signer {

// What the operator says is different now; nullopt: as it is in the certificate.
struct DataChanges {
  std::optional<std::string> country = {};
  std::optional<std::string> organization = {};
  std::optional<std::string> organization_identifier = {};
  std::optional<std::vector<std::string>> policy_oids = {};
  std::optional<std::string> ca_issuers_url = {};
  std::optional<std::string> crl_url = {};
  std::optional<std::string> ocsp_url = {};
  // Of a timestamping unit: whether it claims to make qualified timestamps (EN 319 422).
  std::optional<bool> qualified = {};
};

// The data with its changes. The common name follows the organisation's, which it begins with.
CertificateData ChangedData(const CertificateData& data, const DataChanges& changes);

// The attributes that differ, by their X.520 or RFC 5280 names, such as "organizationName".
std::vector<std::string> Differences(const CertificateData& before, const CertificateData& after);

// A certificate may be renewed, with a new key, if it is in force, nobody succeeded it, and `data`
// is what it says; kCertificateStateForbids with the reason and the way out otherwise.
absl::Status CheckRenewal(const CertificateRegister& all, const RegisteredCertificate& certificate,
                          const CertificateData& data, absl::Time now);

// It may be reissued if it has expired or its data changed, nobody succeeded it, and it was never
// revoked; kCertificateStateForbids.
absl::Status CheckReissue(const CertificateRegister& all, const RegisteredCertificate& certificate,
                          const CertificateData& data, absl::Time now);

// A new one may be issued in place of one that was revoked, with a new key, and only then;
// kCertificateStateForbids.
absl::Status CheckNewIssue(const CertificateRegister& all,
                           const RegisteredCertificate& certificate);

// It may be revoked until it expires, once; a root CA not at all, because nobody above it could
// say so. kCertificateStateForbids.
absl::Status CheckRevocation(const RegisteredCertificate& certificate, absl::Time now);

// It may be worked with: not revoked, within its validity. kCertificateStateForbids.
absl::Status CheckInForce(const RegisteredCertificate& certificate, absl::Time now);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_LIFE_RULES_H_

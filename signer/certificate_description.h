// What a certificate says of itself, in the words of the certificate register and of reports.
#ifndef ENKRAT_SIGNER_CERTIFICATE_DESCRIPTION_H_
#define ENKRAT_SIGNER_CERTIFICATE_DESCRIPTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::signer {

// The identity data and the profile of a long-lived certificate: what must be unchanged when it is
// renewed (EN 319 411-1 REG-6.3.3, "certificate renewal, rekey").
struct CertificateData {
  std::string country = {};
  std::string organization = {};
  std::string organization_identifier = {};
  std::string common_name = {};
  std::vector<std::string> policy_oids = {};  // dotted decimal, in their order
  std::string ca_issuers_url = {};            // of its issuer's certificate; empty: none
  std::string crl_url = {};                   // cRLDistributionPoints' first; empty: none
  std::string ocsp_url = {};                  // empty: none
  bool qualified = false;                     // esi4-qtstStatement-1 (EN 319 422)
  // subjectAltName.
  std::vector<std::string> dns_names = {};
  std::vector<std::string> ip_addresses = {};
};

struct CertificateDescription {
  std::string serial_number;  // lower-case hex of the INTEGER's content, as reports have it
  std::string fingerprint_sha256;
  std::string subject;  // RFC 2253
  std::string issuer;
  std::string subject_key_identifier;    // hex; empty if there is none
  std::string authority_key_identifier;  // hex; empty if there is none
  std::string spki_sha256;               // hex
  absl::Time not_before;
  absl::Time not_after;
  absl::Time key_not_after;  // privateKeyUsagePeriod's end; not_after without one
  CertificateData data;
};

// kRequestMalformed for octets that are no certificate, or one with times or a key that cannot be
// read.
absl::StatusOr<CertificateDescription> DescribeCertificate(ByteSpan certificate_der);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CERTIFICATE_DESCRIPTION_H_

// The few long-lived certificates: those of the service itself, made in the key ceremony (root CA,
// issuing CA, timestamping unit, OCSP responder), and those that its operator gives out
// (electronic authentication, TLS inside the house). docs/certificate_profiles.md.
#ifndef ENKRAT_CA_AUTHORITY_CERTIFICATE_H_
#define ENKRAT_CA_AUTHORITY_CERTIFICATE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/certification_request.h"  // IWYU pragma: export
#include "ca/subject.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "common/signing_provider.h"

namespace enkrat::ca {

enum class AuthorityRole {
  kRootCa,
  kIssuingCa,
  kTimestampingUnit,
  kOcspResponder,
  kElectronicAuthentication,  // a natural person, or a service of the operator, as a TLS client
  kInternalTls,               // a host or service of the operator, as TLS server and client
};

// X.520 attributes of a legal person (EN 319 412-2 4.2.3, EN 319 422 6.2).
struct AuthorityName {
  std::string country;
  std::string organization;
  std::string
      organization_identifier;  // EN 319 412-1 5.1.4, such as "VATSI-12345678"; may be empty
  std::string common_name;
};

struct AuthorityRequest {
  AuthorityRole role = AuthorityRole::kIssuingCa;
  AuthorityName subject;
  // Of kElectronicAuthentication: the natural person in place of `subject`, which is then empty.
  std::optional<Subject> person{};
  const PublicKey* subject_key = nullptr;  // required
  absl::Time not_before;
  absl::Time not_after;
  Bytes issuer_der{};  // certificate of the issuer; empty for the root, which signs itself
  std::string ca_issuers_url{};  // of the issuer's certificate; empty: no AIA
  // certificatePolicies, dotted decimal. Empty: anyPolicy for an issuing CA, else none.
  std::vector<std::string> policy_oids{};
  // Of a timestamping unit: when its key may no longer be used (privateKeyUsagePeriod; EN 319 421
  // TIS-7.6.7 wants it before not_after). Default: a quarter of the certificate's life.
  absl::Time private_key_not_after = absl::InfinitePast();
  // Of a timestamping unit: it makes qualified timestamps (esi4-qtstStatement-1 of EN 319 422), a
  // legal claim.
  bool qualified = false;
  // Where the issuer publishes revocation, http(s): cRLDistributionPoints and the OCSP location of
  // authorityInfoAccess. Empty: none. A root and an OCSP responder (ocsp-nocheck) have neither.
  std::string crl_url{};
  std::string ocsp_url{};
  // Of kInternalTls, subjectAltName: host names without wildcards, IPv4 and IPv6 addresses; 1..32
  // together.
  std::vector<std::string> dns_names{};
  std::vector<std::string> ip_addresses{};
};

// Whether a certificate that MakeAuthorityCertificate would make can hold the name: country of two
// upper-case letters, visible texts of at most 64 characters, organisation identifier in the
// grammar of EN 319 412-1 5.1.4. kConfigurationInvalid otherwise.
absl::Status CheckAuthorityName(const AuthorityName& name);

// Builds, signs with the issuer's key, parses back and verifies. What each role gets:
//   root CA             basicConstraints CA, pathLen 1; keyCertSign, cRLSign
//   issuing CA          basicConstraints CA, pathLen 0; keyCertSign, cRLSign
//   timestamping unit   digitalSignature; critical EKU with timeStamping alone (RFC 3161 2.3,
//                       EN 319 422 6.4); privateKeyUsagePeriod
//   OCSP responder      digitalSignature; EKU OCSPSigning; ocsp-nocheck (RFC 6960 4.2.2.2)
//   e-authentication    digitalSignature; EKU clientAuth
//   internal TLS        digitalSignature; EKU serverAuth, clientAuth; subjectAltName
// all with key identifiers and critical keyUsage. kConfigurationInvalid for names, times (a
// certificate does not outlive its issuer; the last two last at most 398 days), issuers or keys
// that do not fit, fields of another role; the key's own errors. `subject_key` of the last two is
// KeyOfCertificationRequest's.
absl::StatusOr<Bytes> MakeAuthorityCertificate(const AuthorityRequest& request,
                                               SigningKey& issuer_key,
                                               const SigningProvider& provider);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_AUTHORITY_CERTIFICATE_H_

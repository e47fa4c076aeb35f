// What a certificate claims of itself: qualified or not, and how well its subject was identified.
#ifndef ENKRAT_VALIDATION_CERTIFICATE_CLAIMS_H_
#define ENKRAT_VALIDATION_CERTIFICATE_CLAIMS_H_

#include <string>
#include <vector>

#include "common/bytes.h"

namespace enkrat::validation {

struct CertificateClaims {
  bool qc_compliance = false;  // EN 319 412-5 4.2.1
  bool qc_sscd = false;        // 4.2.2
  bool foreign_law = false;    // QcCClegislation (4.2.4): of other countries than the Union's
  // 4.2.3: "esign", "eseal", "web" or empty; "several" of more than one, which is for nothing.
  std::string qc_type;
  std::vector<std::string> policy_oids;  // certificatePolicies, dotted decimal
  std::vector<std::string> key_usages;  // "digitalSignature", "nonRepudiation", ... as in XML lists
  // AuthnContextClassRef of the first SAML context in AuthContext (RFC 7773 3); safe to print.
  std::string level_of_assurance;
};

// Nothing of what cannot be read; at most 64 policies.
CertificateClaims ReadCertificateClaims(ByteSpan certificate_der);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CERTIFICATE_CLAIMS_H_

// What makes an X.509 certificate a timestamping unit's, for our own and for strangers' (RFC 3161
// 2.3, EN 319 422 6.4).
#ifndef ENKRAT_TSA_CERTIFICATE_RULES_H_
#define ENKRAT_TSA_CERTIFICATE_RULES_H_

#include <openssl/x509.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/reason.h"

namespace enkrat::tsa {

// OK for version 3, no CA, a critical extendedKeyUsage of id-kp-timeStamping alone, and a keyUsage
// of digitalSignature or nonRepudiation or both and nothing else. `reason` is for the error.
absl::Status CheckUnitCertificate(X509* certificate, Reason reason);

// Validity times are inclusive (RFC 5280 4.1.2.5).
absl::StatusOr<absl::Time> ToTime(const ASN1_TIME* time);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_CERTIFICATE_RULES_H_

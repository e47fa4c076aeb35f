// What a verifier asks of a certificate: its validity, its usage, its name.
#ifndef ENKRAT_ADES_CERTIFICATE_FACTS_H_
#define ENKRAT_ADES_CERTIFICATE_FACTS_H_

#include <openssl/x509.h>

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "ades/finding.h"

namespace enkrat::ades {

// notBefore <= time < notAfter. RFC 5280 counts notAfter in; the B-T rule for timestamps does not
// (EN 319 122-1 6.3, requirement on signature-time-stamp), so neither does this.
bool IsValidAt(X509* certificate, absl::Time time);

// keyUsage has nonRepudiation (EN 319 412-2 4.3.2).
Finding CheckKeyUsage(X509* certificate);

// Passes for a certificate that needs no revocation data: noRevAvail (RFC 9608) or
// valassured-ST-certs (EN 319 412-1 5.2). Any other may have been revoked, and nobody asked.
Finding CheckRevocationNeed(X509* certificate);

// extendedKeyUsage is critical and id-kp-timeStamping alone (RFC 3161 2.3); not a CA.
Finding CheckTimestampPurpose(X509* certificate);

// RFC 2253 text in UTF-8; characters that could deceive a reader make all beyond ASCII escaped.
std::string SubjectText(X509* certificate);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_CERTIFICATE_FACTS_H_

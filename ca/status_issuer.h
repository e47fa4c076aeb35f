// The CA whose certificates a CRL or an OCSP response is about.
#ifndef ENKRAT_CA_STATUS_ISSUER_H_
#define ENKRAT_CA_STATUS_ISSUER_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/signing_key.h"

namespace enkrat::ca {

// What its certificate says. Immutable, cheap enough to copy at start.
struct StatusIssuer {
  Bytes der;             // the certificate
  Bytes subject_der;     // Name, as the certificate encodes it
  Bytes key_identifier;  // its subjectKeyIdentifier
  Bytes key_octets;      // of the subjectPublicKey, as CertIDs hash them (RFC 6960 4.1.1)
  PublicKey public_key;
  absl::Time not_before;
  absl::Time not_after;
};

// kConfigurationInvalid unless the certificate is a CA's (or, with `responder`, an OCSP
// responder's: EKU OCSPSigning, RFC 6960 4.2.2.2) with a key of ours and a subjectKeyIdentifier;
// a CA's with keyUsage cRLSign (RFC 5280 4.2.1.3).
enum class StatusSigner { kCa, kOcspResponder };
absl::StatusOr<StatusIssuer> ReadStatusIssuer(ByteSpan certificate_der,
                                              StatusSigner signer = StatusSigner::kCa);

// Whether the CA's key signed the certificate, and the names say so.
bool IsIssuedBy(ByteSpan certificate_der, const StatusIssuer& issuer);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_STATUS_ISSUER_H_

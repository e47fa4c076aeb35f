// Certificates and what is said of their status, between DER and PEM files.
#ifndef ENKRAT_CLI_PEM_H_
#define ENKRAT_CLI_PEM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::cli {

// One PEM block (RFC 7468 section 5) after another. kRequestMalformed for octets that are no
// certificate.
absl::StatusOr<std::string> CertificatesToPem(const std::vector<Bytes>& certificates_der);

// The certificates of a PEM text, in order; text around the blocks is skipped. kRequestMalformed
// if there is none, or one is broken; kLimitExceeded above 64.
absl::StatusOr<std::vector<Bytes>> CertificatesFromPem(ByteSpan pem);

// A CRL as DER, from DER or one PEM block. kRequestMalformed for what is none.
absl::StatusOr<Bytes> CrlFrom(ByteSpan octets);

// An OCSP response, which knows DER alone. kRequestMalformed for what is none.
absl::StatusOr<Bytes> OcspResponseFrom(ByteSpan der);

// One line of what a person wants to know: subject, in RFC 2253 text.
absl::StatusOr<std::string> SubjectOf(ByteSpan certificate_der);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PEM_H_

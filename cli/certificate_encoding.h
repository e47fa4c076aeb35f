// Certificates in the forms that banks, portals and other programs take them in.
#ifndef ENKRAT_CLI_CERTIFICATE_ENCODING_H_
#define ENKRAT_CLI_CERTIFICATE_ENCODING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::cli {

// `chain_der` begins with the certificate and ends with its root. `format`:
//   pem    the certificate, RFC 7468
//   der    the certificate
//   chain  certificate and CAs, one PEM block after another
//   p7c    the same as PKCS#7 certs-only (RFC 5652 SignedData without signers; RFC 5751 3.2.2)
// A usage error for another word; kRequestMalformed for octets that are no certificates.
absl::StatusOr<Bytes> EncodeCertificates(const std::vector<Bytes>& chain_der,
                                         const std::string& format);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_ENCODING_H_

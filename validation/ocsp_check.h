// Reads a certificate's status from an OCSP response (RFC 6960), and asks for one.
#ifndef ENKRAT_VALIDATION_OCSP_CHECK_H_
#define ENKRAT_VALIDATION_OCSP_CHECK_H_

#include <openssl/ocsp.h>

#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "validation/status_statement.h"

namespace enkrat::validation {

inline constexpr size_t kMaxOcspOctets = 1 << 20;

using OcspBasicResponsePtr = std::unique_ptr<OCSP_BASICRESP, OpenSslDeleter<OCSP_BASICRESP_free>>;

// Of a whole OCSPResponse with status successful, or of a bare BasicOCSPResponse (as CMS embeds it,
// RFC 5652 10.2.1 with RFC 5940). kRequestMalformed, kLimitExceeded.
absl::StatusOr<OcspBasicResponsePtr> ParseOcspResponse(ByteSpan response_der);

// `issuer` issued the certificate and is believed. Says nothing (and why) unless one single
// response is about this certificate (SHA-1 or SHA-2 CertID), its status is good or revoked, and
// the signature is by the issuer's key or by a delegate's whose certificate the same key signed,
// with OCSPSigning and valid at producedAt (RFC 6960 4.2.2.2). `more` are certificates besides the
// response's own to find the delegate in. "good" is nothing for a certificate that had expired
// before thisUpdate without an archive cutoff that reaches back (RFC 6960 4.4.4).
// A delegate's own revocation is for the caller to see to. Its certificate lives with the response.
StatusStatement StatusFromOcsp(const OCSP_BASICRESP* response, X509* certificate, X509* issuer,
                               const std::vector<X509*>& more);

// OCSPRequest for one certificate, by SHA-1 CertID as every responder knows it (RFC 5019 2.1.1),
// with a nonce of 32 octets (RFC 9654).
absl::StatusOr<Bytes> MakeOcspRequest(X509* certificate, X509* issuer);

// Whether a response's nonce, if it has one, is the request's; true for one without.
bool NonceFits(ByteSpan request_der, const OCSP_BASICRESP* response);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_OCSP_CHECK_H_

// Reads a certificate's status from a CRL of its issuer (RFC 5280 5, 6.3).
#ifndef ENKRAT_VALIDATION_CRL_CHECK_H_
#define ENKRAT_VALIDATION_CRL_CHECK_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "validation/status_statement.h"

namespace enkrat::validation {

inline constexpr size_t kMaxCrlOctets = 8 << 20;

// kRequestMalformed, kLimitExceeded.
absl::StatusOr<X509CrlPtr> ParseCrl(ByteSpan crl_der);

// `issuer` issued the certificate and is believed. Says nothing (and why) for a CRL that is not of
// this issuer's name and key, or whose issuer may not sign CRLs; that is a delta, indirect, or only
// for some reasons or attribute certificates; that has an unknown critical extension, anywhere;
// whose scope (IDP, RFC 5280 5.2.5) leaves the certificate out; or from after the certificate's
// expiry without expiredCertsOnCRL: expired ones may be dropped from a CRL.
// Times are told, not judged.
StatusStatement StatusFromCrl(X509_CRL* crl, X509* certificate, X509* issuer);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CRL_CHECK_H_

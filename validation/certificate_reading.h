// What a certificate says of itself, in the words that judging a path needs.
#ifndef ENKRAT_VALIDATION_CERTIFICATE_READING_H_
#define ENKRAT_VALIDATION_CERTIFICATE_READING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "validation/report.h"

namespace enkrat::validation {

// Dotted decimal.
inline constexpr char kNoRevAvail[] = "2.5.29.56";                    // RFC 9608
inline constexpr char kValassuredStCerts[] = "0.4.0.194121.2.1";      // EN 319 412-1 5.2
inline constexpr char kOcspNoCheck[] = "1.3.6.1.5.5.7.48.1.5";        // RFC 6960 4.2.2.2.1
inline constexpr char kExpiredCertsOnCrl[] = "2.5.29.60";             // X.509 9.5.2.8
inline constexpr char kOcspArchiveCutoff[] = "1.3.6.1.5.5.7.48.1.6";  // RFC 6960 4.4.4

bool HasExtension(const X509* certificate, absl::string_view dotted_oid);
// The octets inside extnValue; empty without the extension. Borrows from the certificate.
ByteSpan ExtensionValue(const X509* certificate, absl::string_view dotted_oid);

// basicConstraints with cA TRUE (RFC 5280 4.2.1.9); nothing else makes a CA.
bool IsCa(X509* certificate);
// No keyUsage, or one with any of these bits (KU_...).
bool MayUseKeyFor(X509* certificate, uint32_t key_usage_bits);
// The keyPurposeIds of extendedKeyUsage, dotted decimal; empty without the extension.
std::vector<std::string> ExtendedKeyUsages(X509* certificate);

// http and https URLs, in order, at most 4 of each kind: CRL distribution points with neither
// reasons nor cRLIssuer, and the two of authorityInfoAccess.
std::vector<std::string> CrlUrls(const X509* certificate);
std::vector<std::string> OcspUrls(const X509* certificate);
std::vector<std::string> IssuerUrls(const X509* certificate);

// RFC 2253 text of at most 1024 octets, UTF-8, without what could deceive a reader.
std::string NameText(const X509_NAME* name);
// InfinitePast for both of a certificate without proper times: it never holds.
struct Validity {
  absl::Time not_before = absl::InfinitePast();
  absl::Time not_after = absl::InfinitePast();
  bool Holds(absl::Time time) const { return not_before <= time && time <= not_after; }
};
Validity ValidityOf(const X509* certificate);

// All but the revocation, which is kUnknown.
ChainElement Describe(X509* certificate);

Bytes CertificateDer(X509* certificate);
bool SameCertificate(const X509* left, const X509* right);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CERTIFICATE_READING_H_

// Certificate revocation lists, version 2 (RFC 5280 5, EN 319 411-1 CSS-6.3.9): made, and read
// back.
#ifndef ENKRAT_CA_CRL_H_
#define ENKRAT_CA_CRL_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/status_issuer.h"
#include "common/bytes.h"
#include "common/signing_key.h"

namespace enkrat::ca {

// CRLReason (RFC 5280 5.3.1). 0 (unspecified) is never written: the extension is then absent.
inline constexpr int kUnspecifiedReason = 0;

struct RevokedCertificate {
  Bytes serial_number;  // big-endian magnitude, 1..20 octets
  absl::Time revoked_at;
  int reason = kUnspecifiedReason;
};

struct CrlContent {
  uint64_t number = 0;  // cRLNumber
  absl::Time this_update;
  absl::Time next_update;
  std::vector<RevokedCertificate> revoked;  // in the order of their serial numbers here or not
  // expiredCertsOnCRL (X.509 9.5.2.8; EN 319 411-2 CSS-6.3.10-08): certificates that expired since
  // then are still listed. InfinitePast: says nothing.
  absl::Time expired_since = absl::InfinitePast();
};

// TBSCertList: v2; authorityKeyIdentifier, cRLNumber and expiredCertsOnCRL, none critical; entries
// in the order of their serial numbers; revokedCertificates absent when there are none (RFC 5280
// 5.1.2.6). Whole seconds, rounded down.
Bytes EncodeTbsCertList(const StatusIssuer& issuer, const CrlContent& content);

// Signed with the CA's key, parsed back and verified. kConfigurationInvalid if the key is not the
// issuer's; kInternal for times, serial numbers or reasons (1..10 but 7, and 0) that cannot be, a
// serial number twice; kSignatureSelfCheckFailed; the key's own errors.
absl::StatusOr<Bytes> MakeCrl(const StatusIssuer& issuer, const CrlContent& content,
                              SigningKey& issuer_key);

// A CRL of at most kMaxCrl octets that was made here or by a CA above ours.
inline constexpr size_t kMaxCrl = 8 * 1024 * 1024;
struct ReadCrl {
  // 0 when the CRL has no cRLNumber; numbers beyond 64 bits are kRequestMalformed.
  uint64_t number = 0;
  absl::Time this_update;
  absl::Time next_update;
  std::vector<Bytes> revoked_serial_numbers;  // magnitudes without leading zeros

  bool Lists(ByteSpan serial_number) const;
};
// kRequestMalformed unless `crl_der` is one CRL with a nextUpdate, by the name of that issuer, and
// with a signature of its key; also for an indirect, partitioned or delta CRL, or one with another
// critical extension, because it does not speak of all of the issuer's certificates.
absl::StatusOr<ReadCrl> ParseCrl(ByteSpan crl_der, const StatusIssuer& issuer);

// DER of a file that holds a CRL as DER or PEM; kRequestMalformed for neither.
absl::StatusOr<Bytes> CrlDerOf(ByteSpan file_content);

// A serial number's magnitude without leading zeros: two of the same number compare equal.
ByteSpan SerialMagnitude(ByteSpan serial_number);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_CRL_H_

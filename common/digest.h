// Message digests that the service accepts: SHA-256 and stronger (ETSI TS 119 312 V2.1.1).
#ifndef ENKRAT_COMMON_DIGEST_H_
#define ENKRAT_COMMON_DIGEST_H_

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat {

enum class DigestAlgorithm { kSha256, kSha384, kSha512 };

// Length of a digest, in octets.
size_t DigestSize(DigestAlgorithm algorithm);
// "SHA-256".
absl::string_view DigestName(DigestAlgorithm algorithm);
// Dotted decimal, "2.16.840.1.101.3.4.2.1"; and the reverse.
absl::string_view DigestOid(DigestAlgorithm algorithm);
std::optional<DigestAlgorithm> DigestFromOid(absl::string_view oid);
// The content octets of its DER.
ByteSpan DigestOidContent(DigestAlgorithm algorithm);
// OpenSSL's NID, and the reverse.
int DigestNid(DigestAlgorithm algorithm);
std::optional<DigestAlgorithm> DigestFromNid(int nid);
// OpenSSL's implementation, fetched once a process.
const EVP_MD* DigestMethod(DigestAlgorithm algorithm);

// Digest of the octets.
Bytes ComputeDigest(DigestAlgorithm algorithm, ByteSpan octets);
std::array<uint8_t, 32> Sha256(ByteSpan octets);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_DIGEST_H_

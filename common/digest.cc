#include "common/digest.h"

#include <openssl/obj_mac.h>

#include <cstdlib>

#include "common/openssl_ptr.h"

namespace enkrat {
namespace {

struct Row {
  DigestAlgorithm algorithm;
  size_t size;
  int nid;
  absl::string_view name;
  absl::string_view oid;
  std::array<uint8_t, 9> oid_content;
};

// RFC 5754 section 2.
constexpr std::array kRows = {
    Row{DigestAlgorithm::kSha256,
        32,
        NID_sha256,
        "SHA-256",
        "2.16.840.1.101.3.4.2.1",
        {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}},
    Row{DigestAlgorithm::kSha384,
        48,
        NID_sha384,
        "SHA-384",
        "2.16.840.1.101.3.4.2.2",
        {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}},
    Row{DigestAlgorithm::kSha512,
        64,
        NID_sha512,
        "SHA-512",
        "2.16.840.1.101.3.4.2.3",
        {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}},
};

const Row& RowOf(DigestAlgorithm algorithm) { return kRows[static_cast<size_t>(algorithm)]; }

}  // namespace

size_t DigestSize(DigestAlgorithm algorithm) { return RowOf(algorithm).size; }
absl::string_view DigestName(DigestAlgorithm algorithm) { return RowOf(algorithm).name; }
absl::string_view DigestOid(DigestAlgorithm algorithm) { return RowOf(algorithm).oid; }
ByteSpan DigestOidContent(DigestAlgorithm algorithm) { return RowOf(algorithm).oid_content; }
int DigestNid(DigestAlgorithm algorithm) { return RowOf(algorithm).nid; }

std::optional<DigestAlgorithm> DigestFromOid(absl::string_view oid) {
  for (const Row& row : kRows) {
    if (row.oid == oid) return row.algorithm;
  }
  return std::nullopt;
}

std::optional<DigestAlgorithm> DigestFromNid(int nid) {
  for (const Row& row : kRows) {
    if (row.nid == nid) return row.algorithm;
  }
  return std::nullopt;
}

const EVP_MD* DigestMethod(DigestAlgorithm algorithm) {
  // Fetched explicitly once: an implicit fetch at every use costs a lock and a search
  // (OpenSSL 3.0).
  static const auto& methods = *new std::array<EVP_MD*, 3>{
      EVP_MD_fetch(nullptr, "SHA2-256", nullptr), EVP_MD_fetch(nullptr, "SHA2-384", nullptr),
      EVP_MD_fetch(nullptr, "SHA2-512", nullptr)};
  return methods[static_cast<size_t>(algorithm)];
}

Bytes ComputeDigest(DigestAlgorithm algorithm, ByteSpan octets) {
  Bytes digest(DigestSize(algorithm));
  unsigned int size = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, DigestMethod(algorithm),
                 nullptr) != 1) {
    std::abort();  // SHA-2 over memory cannot fail; going on without a digest could not be right
  }
  return digest;
}

std::array<uint8_t, 32> Sha256(ByteSpan octets) {
  std::array<uint8_t, 32> digest{};
  unsigned int size = 0;
  if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size,
                 DigestMethod(DigestAlgorithm::kSha256), nullptr) != 1) {
    std::abort();
  }
  return digest;
}

}  // namespace enkrat

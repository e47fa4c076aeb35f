#include "idp_client/signature_algorithm.h"

namespace enkrat::idp_client {
namespace {

constexpr SignatureAlgorithm kTable[] = {
    {"ES256", KeyType::kEc, DigestAlgorithm::kSha256, "P-256", 32, false},
    {"ES384", KeyType::kEc, DigestAlgorithm::kSha384, "P-384", 48, false},
    {"ES512", KeyType::kEc, DigestAlgorithm::kSha512, "P-521", 66, false},
    {"PS256", KeyType::kRsa, DigestAlgorithm::kSha256, "", 0, true},
    {"PS384", KeyType::kRsa, DigestAlgorithm::kSha384, "", 0, true},
    {"PS512", KeyType::kRsa, DigestAlgorithm::kSha512, "", 0, true},
    {"RS256", KeyType::kRsa, DigestAlgorithm::kSha256, "", 0, false},
    {"RS384", KeyType::kRsa, DigestAlgorithm::kSha384, "", 0, false},
    {"RS512", KeyType::kRsa, DigestAlgorithm::kSha512, "", 0, false},
    {"EdDSA", KeyType::kOctetKeyPair, DigestAlgorithm::kSha512, "Ed25519", 32, false},
};

}  // namespace

const SignatureAlgorithm* FindSignatureAlgorithm(absl::string_view name) {
  for (const SignatureAlgorithm& row : kTable) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace enkrat::idp_client

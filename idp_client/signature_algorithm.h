// The JWS signature algorithms that can be accepted (RFC 7518 3.1, RFC 8037 3.1): asymmetric ones,
// and no others exist here.
#ifndef ENKRAT_IDP_CLIENT_SIGNATURE_ALGORITHM_H_
#define ENKRAT_IDP_CLIENT_SIGNATURE_ALGORITHM_H_

#include "absl/strings/string_view.h"
#include "common/digest.h"

namespace enkrat::idp_client {

enum class KeyType { kEc, kRsa, kOctetKeyPair };

// One row of the table. There is one object for each name: compare by address.
struct SignatureAlgorithm {
  absl::string_view name;  // JWA, "ES256"; case matters (RFC 7515 4.1.1)
  KeyType key_type;
  DigestAlgorithm digest;   // of no meaning for EdDSA
  absl::string_view curve;  // `crv`; empty for RSA
  size_t coordinate_size;   // octets of one EC coordinate, and of r and of s
  bool pss;
};

// nullptr for any other name: "none" and HS256 in any spelling, ES256K, RSA1_5.
const SignatureAlgorithm* FindSignatureAlgorithm(absl::string_view name);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_SIGNATURE_ALGORITHM_H_

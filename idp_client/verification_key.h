// One public key of an identity provider, ready to verify with (RFC 7517 JWK).
#ifndef ENKRAT_IDP_CLIENT_VERIFICATION_KEY_H_
#define ENKRAT_IDP_CLIENT_VERIFICATION_KEY_H_

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "idp_client/signature_algorithm.h"

namespace enkrat::idp_client {

// Immutable; thread-safe. Holds the parsed EVP_PKEY: parsing costs more than twice what a
// verification does.
class VerificationKey {
 public:
  // kRequestMalformed for what cannot verify signatures of ours: symmetric or private keys, unknown
  // types and curves, points off the curve, RSA below 2048 or above 4096 bits, even or with an
  // exponent below 65537, `use` other than "sig", `key_ops` without "verify", unknown `alg`.
  static absl::StatusOr<VerificationKey> FromJwk(const nlohmann::json& jwk);

  // Empty if the provider gave none.
  const std::string& kid() const { return kid_; }
  // The key's type, curve and own `alg` (if it has one) are those of the algorithm.
  bool Fits(const SignatureAlgorithm& algorithm) const;

  // OK if `signature` is the key's over `signing_input` as RFC 7518 3.3-3.5 or RFC 8037 3.1 shape
  // it; kAssertionRejected otherwise. `algorithm` must fit.
  absl::Status Verify(const SignatureAlgorithm& algorithm, ByteSpan signing_input,
                      ByteSpan signature) const;

 private:
  VerificationKey(EvpPkeyPtr pkey, KeyType type, std::string curve);

  std::shared_ptr<EVP_PKEY> pkey_;
  KeyType type_;
  std::string curve_;
  std::string kid_;
  const SignatureAlgorithm* only_algorithm_ = nullptr;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_VERIFICATION_KEY_H_

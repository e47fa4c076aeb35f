// The key material of a JWK turned into OpenSSL's form (RFC 7518 6.2, 6.3; RFC 8037 2).
#ifndef ENKRAT_IDP_CLIENT_JWK_PUBLIC_KEY_H_
#define ENKRAT_IDP_CLIENT_JWK_PUBLIC_KEY_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "common/openssl_ptr.h"
#include "idp_client/signature_algorithm.h"

namespace enkrat::idp_client {

struct JwkPublicKey {
  EvpPkeyPtr pkey = {};
  KeyType type = KeyType::kEc;
  std::string curve = {};  // `crv`; empty for RSA
};

// kRequestMalformed for the reasons of VerificationKey::FromJwk that lie in the key itself.
absl::StatusOr<JwkPublicKey> ReadJwkPublicKey(const nlohmann::json& jwk);

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_JWK_PUBLIC_KEY_H_

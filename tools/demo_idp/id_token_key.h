// The provider's signing key: made in memory, gone with the process.
#ifndef ENKRAT_TOOLS_DEMO_IDP_ID_TOKEN_KEY_H_
#define ENKRAT_TOOLS_DEMO_IDP_ID_TOKEN_KEY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct _cjose_jwk_int;

namespace enkrat::demo_idp {

// Immutable; thread-safe.
class IdTokenKey {
 public:
  // A new key with a random id. `algorithm`: ES256, ES384, PS256 or RS256 (RFC 7518 3.1);
  // kRequestMalformed for anything else.
  static absl::StatusOr<std::unique_ptr<IdTokenKey>> Generate(absl::string_view algorithm);
  ~IdTokenKey();

  const std::string& id() const { return id_; }
  const std::string& algorithm() const { return algorithm_; }
  // The public key as a JSON object with kid, alg and use (RFC 7517 4).
  const std::string& public_jwk() const { return public_jwk_; }

  // Compact JWS over the payload (RFC 7515 7.1). `kid` goes into the header: the key's own id,
  // unless a test wants another.
  absl::StatusOr<std::string> Sign(absl::string_view payload, absl::string_view kid) const;

 private:
  IdTokenKey(_cjose_jwk_int* key, std::string id, std::string algorithm, std::string public_jwk);

  _cjose_jwk_int* const key_;
  const std::string id_;
  const std::string algorithm_;
  const std::string public_jwk_;
};

}  // namespace enkrat::demo_idp

#endif  // ENKRAT_TOOLS_DEMO_IDP_ID_TOKEN_KEY_H_

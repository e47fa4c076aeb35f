// Decides whether a token may be relied on: its signature, the certificate that it is bound to, and
// the path to a trusted root at genTime (RFC 3161 2.4.2, RFC 5816, EN 319 422).
#ifndef ENKRAT_TSA_TOKEN_VERIFIER_H_
#define ENKRAT_TSA_TOKEN_VERIFIER_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"
#include "tsa/token.h"

namespace enkrat::tsa {

// Immutable, thread-safe.
class TokenVerifier {
 public:
  // kConfigurationInvalid if there is no root or one cannot be parsed.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Create(
      const std::vector<Bytes>& trusted_roots_der);

  // What the token states. kRequestMalformed unless
  //   - ParseToken accepts it, and the signer's certificate is in it;
  //   - its digest and signature hold, the digest being SHA-256, SHA-384 or SHA-512;
  //   - SigningCertificateV2, with a hash of at least 256 bits, names the signer's certificate;
  //   - the certificate is a timestamping unit's (CheckUnitCertificate) and leads to a trusted
  //   root,
  //     all of the path valid at genTime, with keys and signatures of at least 112 bits of
  //     security.
  // Revocation is not looked up: the token's own time is minutes old when this is asked.
  // `issuers_der`: certificates of CAs that the token may lack, at most 16; none is trusted.
  absl::StatusOr<Token> Verify(ByteSpan token_der,
                               const std::vector<Bytes>& issuers_der = {}) const;

 private:
  explicit TokenVerifier(std::vector<X509Ptr> roots) : roots_(std::move(roots)) {}

  absl::StatusOr<X509StorePtr> StoreAt(absl::Time time) const;

  const std::vector<X509Ptr> roots_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TOKEN_VERIFIER_H_

// A private key that can sign a digest, wherever it lives. hsm/ implements it over PKCS#11, tests
// in software.
#ifndef ENKRAT_COMMON_SIGNING_KEY_H_
#define ENKRAT_COMMON_SIGNING_KEY_H_

#include <openssl/evp.h>

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat {

// The suites that the service uses (ETSI TS 119 312 V2.1.1 table 4). RSA is always RSASSA-PSS with
// MGF1 on the same digest and a salt as long as the digest.
enum class KeyAlgorithm { kEcdsaP256, kEcdsaP384, kRsaPss3072, kRsaPss4096 };

// "ECDSA-P256", "ECDSA-P384", "RSA-PSS-3072", "RSA-PSS-4096"; and the reverse.
absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm);
std::optional<KeyAlgorithm> KeyAlgorithmFromName(absl::string_view name);
// The digest that goes with the key's strength: SHA-256, for P-384 SHA-384.
DigestAlgorithm DefaultDigest(KeyAlgorithm algorithm);
bool IsEcdsa(KeyAlgorithm algorithm);

// DER AlgorithmIdentifier of a signature by such a key over such a digest: ecdsa-with-SHA2xx
// without parameters (RFC 5758 3.2), id-RSASSA-PSS with explicit parameters (RFC 4055 3.1).
Bytes SignatureAlgorithmIdentifier(KeyAlgorithm key, DigestAlgorithm digest);

// A public key with its DER SubjectPublicKeyInfo (id-ecPublicKey with a named curve; rsaEncryption,
// which RFC 4055 1.2 allows for PSS keys too). Immutable, cheap to copy, thread-safe.
class PublicKey {
 public:
  // kRequestMalformed unless `spki_der` is a key of one of the algorithms above.
  static absl::StatusOr<PublicKey> FromSpki(ByteSpan spki_der);

  KeyAlgorithm algorithm() const { return algorithm_; }
  const Bytes& spki_der() const { return *spki_der_; }
  // Ready for OpenSSL verifications, in the default library context.
  EVP_PKEY* evp_pkey() const { return pkey_.get(); }

  // OK if `signature` (ECDSA: DER Ecdsa-Sig-Value; RSA: PSS octets) is the key's over `digest`;
  // kSignatureSelfCheckFailed otherwise.
  absl::Status VerifyDigest(DigestAlgorithm algorithm, ByteSpan digest, ByteSpan signature) const;

 private:
  PublicKey(KeyAlgorithm algorithm, std::shared_ptr<const Bytes> spki_der,
            std::shared_ptr<EVP_PKEY> pkey);

  KeyAlgorithm algorithm_;
  std::shared_ptr<const Bytes> spki_der_;
  std::shared_ptr<EVP_PKEY> pkey_;
};

// One private key. Implementations say whether they may be shared between threads; hsm's are bound
// to the leased session of one thread.
class SigningKey {
 public:
  virtual ~SigningKey() = default;

  virtual const PublicKey& public_key() const = 0;

  // Signs a digest of exactly DigestSize(algorithm) octets. ECDSA answers a DER Ecdsa-Sig-Value
  // (RFC 3279 2.2.3), RSA the PSS octets. Errors: kHsmUnavailable, kOverloaded, kInternal.
  virtual absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) = 0;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_SIGNING_KEY_H_

// A detached CAdES baseline signature over a document digest, in the making: first the digest that
// the one-time key signs, then, when that key is gone, the finished CMS (ETSI EN 319 122-1).
#ifndef ENKRAT_ADES_CADES_SIGNATURE_H_
#define ENKRAT_ADES_CADES_SIGNATURE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/signing_key.h"

namespace enkrat::ades {

// Move-only value; not thread-safe.
class CadesSignature {
 public:
  struct Options {
    DigestAlgorithm document_digest_algorithm = DigestAlgorithm::kSha256;
    Bytes document_digest;
    ByteSpan signer_certificate_der;        // not kept beyond Prepare
    const PublicKey* signer_key = nullptr;  // the certificate's; not kept beyond Prepare
    absl::Time signing_time;                // claimed; signed attribute
  };

  // Lays the signed attributes: content-type, message-digest, signing-time, ESS
  // signing-certificate-v2. The SignerInfo's digest algorithm is the document digest's: the
  // signature is made over the attributes with it. kDigestUnsupported for a wrong length.
  static absl::StatusOr<CadesSignature> Prepare(Options options);

  // What the key is to sign: the digest of the DER SET OF signed attributes (RFC 5652 5.4).
  DigestAlgorithm digest_algorithm() const { return digest_algorithm_; }
  ByteSpan digest_to_sign() const { return digest_to_sign_; }

  // The finished DER ContentInfo. `signature_value` as SigningKey::SignDigest answered; the
  // certificates are embedded (signer first, then `chain_der` without the root, which the verifier
  // has); `timestamp_token_der` becomes the signature-time-stamp attribute (B-T). The caller has
  // verified the signature value; the result is parsed back and its signed attributes compared.
  absl::StatusOr<Bytes> Assemble(ByteSpan signature_value, const std::vector<Bytes>& chain_der,
                                 const std::optional<Bytes>& timestamp_token_der) const;

 private:
  CadesSignature() = default;

  DigestAlgorithm digest_algorithm_ = DigestAlgorithm::kSha256;
  KeyAlgorithm key_algorithm_ = KeyAlgorithm::kEcdsaP256;
  Bytes digest_to_sign_;
  Bytes signed_attributes_der_;
  Bytes signer_certificate_der_;
};

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_CADES_SIGNATURE_H_

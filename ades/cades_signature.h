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
    absl::Time signing_time = {};           // claimed; signed attribute, in whole seconds
    // For a PDF, whose signature dictionary says the time: no signing-time attribute, which EN 319
    // 142-1 6.3 forbids; `signing_time` is not looked at.
    bool pades = false;
  };

  // Lays the signed attributes: content-type, message-digest, signing-time (not for PAdES), ESS
  // signing-certificate-v2. The SignerInfo's digest algorithm is the document digest's, and the
  // signature is made over the attributes with that same digest, whatever the key: an ECDSA key
  // takes the leftmost bits that fit its curve, and the RSA keys of PublicKey are rsaEncryption
  // keys, whose SubjectPublicKeyInfo binds them to no digest (RFC 4055 1.2).
  // kDigestUnsupported for a wrong length; kRequestMalformed for octets that are no certificate, a
  // certificate of another key, or a time outside the years 1950 to 9999.
  static absl::StatusOr<CadesSignature> Prepare(Options options);

  CadesSignature(CadesSignature&&) = default;
  CadesSignature& operator=(CadesSignature&&) = default;

  // What the key is to sign: the digest of the DER SET OF signed attributes (RFC 5652 5.4).
  DigestAlgorithm digest_algorithm() const { return digest_algorithm_; }
  ByteSpan digest_to_sign() const { return digest_to_sign_; }

  // The finished DER ContentInfo. `signature_value` as SigningKey::SignDigest answered; the
  // certificates of the signer and of `chain_der` are embedded, roots left out (the verifier has
  // them), in DER's order of a SET OF; `timestamp_token_der` becomes the signature-time-stamp
  // attribute (B-T). The caller has verified the signature value and the token. The result is
  // parsed back, and its signed attributes, signature value and certificates compared:
  // kSignatureSelfCheckFailed if they differ. kRequestMalformed for a certificate or a token that
  // is not one DER value, kLimitExceeded for more than 16 certificates.
  absl::StatusOr<Bytes> Assemble(ByteSpan signature_value, const std::vector<Bytes>& chain_der,
                                 const std::optional<Bytes>& timestamp_token_der) const;

 private:
  CadesSignature() = default;

  Bytes LaySignerInfo(ByteSpan signature_value,
                      const std::optional<Bytes>& timestamp_token_der) const;

  DigestAlgorithm digest_algorithm_ = DigestAlgorithm::kSha256;
  KeyAlgorithm key_algorithm_ = KeyAlgorithm::kEcdsaP256;
  Bytes digest_to_sign_;
  Bytes signed_attributes_der_;  // with the tag of a SET OF
  Bytes issuer_and_serial_der_;
  Bytes signer_certificate_der_;
};

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_CADES_SIGNATURE_H_

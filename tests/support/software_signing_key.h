// A SigningKey in software, for tests of what signs. Never linked into a program.
#ifndef ENKRAT_TESTS_SUPPORT_SOFTWARE_SIGNING_KEY_H_
#define ENKRAT_TESTS_SUPPORT_SOFTWARE_SIGNING_KEY_H_

#include <memory>

#include "absl/status/status.h"
#include "common/openssl_ptr.h"
#include "common/signing_key.h"

namespace enkrat::testing {

class SoftwareSigningKey final : public SigningKey {
 public:
  // A fresh key pair.
  static std::unique_ptr<SoftwareSigningKey> Generate(
      KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256);
  // The key of an unencrypted PEM file (golden tests).
  static std::unique_ptr<SoftwareSigningKey> FromPem(const std::string& pem);

  const PublicKey& public_key() const override { return public_key_; }
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) override;

  // From now on SignDigest answers this error; OK ends it.
  void FailWith(absl::Status status) { failure_ = std::move(status); }
  // Signatures made so far, failed ones not counted.
  int signatures() const { return signatures_; }
  EVP_PKEY* evp_pkey() const { return pkey_.get(); }

 private:
  SoftwareSigningKey(EvpPkeyPtr pkey, PublicKey public_key)
      : pkey_(std::move(pkey)), public_key_(std::move(public_key)) {}

  EvpPkeyPtr pkey_;
  PublicKey public_key_;
  absl::Status failure_;
  int signatures_ = 0;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SOFTWARE_SIGNING_KEY_H_

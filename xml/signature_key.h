// One public key of a SAML identity provider, as its metadata names it.
#ifndef ENKRAT_XML_SIGNATURE_KEY_H_
#define ENKRAT_XML_SIGNATURE_KEY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::xml {

// Immutable; thread-safe; cheap to copy.
class SignatureKey {
 public:
  // The key of an X.509 certificate, as DER or as PEM. Of the certificate nothing else counts: the
  // metadata says for how long the key is good (SAML V2.0 Metadata Interoperability Profile 2.6.1).
  // kRequestMalformed for what is no certificate, and for keys other than RSA of 2048 to 4096 bits
  // with an exponent of 65537 or more, or EC on P-256, P-384 or P-521.
  static absl::StatusOr<SignatureKey> FromCertificate(ByteSpan der);
  static absl::StatusOr<SignatureKey> FromCertificatePem(absl::string_view pem);

  EVP_PKEY* pkey() const { return pkey_.get(); }
  bool is_rsa() const { return EVP_PKEY_is_a(pkey_.get(), "RSA") == 1; }

 private:
  explicit SignatureKey(EvpPkeyPtr pkey) : pkey_(pkey.release(), EVP_PKEY_free) {}
  static absl::StatusOr<SignatureKey> FromX509(const X509* certificate);

  std::shared_ptr<EVP_PKEY> pkey_;
};

}  // namespace enkrat::xml

#endif  // ENKRAT_XML_SIGNATURE_KEY_H_

// The key pair of a SAML identity provider, made at run time, with the certificate that its
// metadata publishes.
#ifndef ENKRAT_TESTS_SUPPORT_SAML_SIGNING_PAIR_H_
#define ENKRAT_TESTS_SUPPORT_SAML_SIGNING_PAIR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/openssl_ptr.h"

namespace enkrat::testing {

// SignatureMethod URIs.
inline constexpr char kRsaSha256[] = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr char kRsaSha1[] = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
inline constexpr char kRsaPssSha256[] = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1";
inline constexpr char kEcdsaSha256[] = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
inline constexpr char kHmacSha256[] = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

class SamlSigningPair {
 public:
  struct Options {
    std::string type = "EC";      // or "RSA"
    std::string curve = "P-256";  // of EC
    int rsa_bits = 2048;
  };
  explicit SamlSigningPair(Options options);
  SamlSigningPair() : SamlSigningPair(Options{}) {}

  // The signature method that the pair signs with unless told otherwise: SHA-256 with its own kind.
  std::string Method() const { return options_.type == "RSA" ? kRsaSha256 : kEcdsaSha256; }
  // SignatureValue of any method of xml/signature_form.h, RSA with SHA-1, or HMAC with the
  // certificate's SubjectPublicKeyInfo as its secret.
  Bytes Sign(const std::string& method, absl::string_view octets) const;

  const std::string& certificate_pem() const { return certificate_pem_; }
  // Its DER in base64, as ds:X509Certificate holds it.
  std::string CertificateBase64() const;

 private:
  void MakeCertificate();
  Bytes Hmac(absl::string_view octets) const;

  Options options_;
  EvpPkeyPtr pkey_;
  X509Ptr certificate_;
  std::string certificate_pem_;
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_SAML_SIGNING_PAIR_H_

#include "tests/support/saml_signing_pair.h"

#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"

namespace enkrat::testing {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "saml_signing_pair: %s\n", what);
  std::abort();
}

const EVP_MD* DigestOf(const std::string& method) {
  if (absl::StrContains(method, "sha384")) return EVP_sha384();
  if (absl::StrContains(method, "sha512")) return EVP_sha512();
  return absl::StrContains(method, "sha256") ? EVP_sha256() : EVP_sha1();
}

// r || s, each as long as the curve's order (XML Signature 1.1 6.4.3).
Bytes RawEcdsa(const Bytes& der, size_t size) {
  const unsigned char* place = der.data();
  const EcdsaSigPtr pair(d2i_ECDSA_SIG(nullptr, &place, static_cast<long>(der.size())));
  Require(pair != nullptr, "d2i_ECDSA_SIG");
  Bytes raw(2 * size);
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw.data(), static_cast<int>(size));
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw.data() + size, static_cast<int>(size));
  return raw;
}

}  // namespace

SamlSigningPair::SamlSigningPair(Options options) : options_(std::move(options)) {
  if (options_.type == "RSA") {
    pkey_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(options_.rsa_bits)));
  } else {
    pkey_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", options_.curve.c_str()));
  }
  Require(pkey_ != nullptr, "EVP_PKEY_Q_keygen");
  MakeCertificate();
}

void SamlSigningPair::MakeCertificate() {
  certificate_.reset(X509_new());
  X509* const x = certificate_.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), 0);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("idp"), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_set_pubkey(x, pkey_.get());
  Require(X509_sign(x, pkey_.get(), EVP_sha256()) > 0, "X509_sign");
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), x);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  certificate_pem_.assign(text, static_cast<size_t>(size));
}

std::string SamlSigningPair::CertificateBase64() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate_.get(), &der);
  Require(size > 0, "i2d_X509");
  std::string text = ToBase64(ByteSpan(der, static_cast<size_t>(size)));
  OPENSSL_free(der);
  return text;
}

Bytes SamlSigningPair::Hmac(absl::string_view octets) const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(pkey_.get(), &der);
  Require(size > 0, "i2d_PUBKEY");
  Bytes mac(32);
  HMAC(EVP_sha256(), der, size, AsSpan(octets).data(), octets.size(), mac.data(), nullptr);
  OPENSSL_free(der);
  return mac;
}

Bytes SamlSigningPair::Sign(const std::string& method, absl::string_view octets) const {
  if (absl::StrContains(method, "hmac")) return Hmac(octets);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  Require(EVP_DigestSignInit(context.get(), &settings, DigestOf(method), nullptr, pkey_.get()) == 1,
          "EVP_DigestSignInit");
  if (absl::StrContains(method, "MGF1")) {
    EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
  }
  const ByteSpan input = AsSpan(octets);
  size_t size = static_cast<size_t>(EVP_PKEY_get_size(pkey_.get()));
  Bytes signature(size);
  Require(EVP_DigestSign(context.get(), signature.data(), &size, input.data(), input.size()) == 1,
          "EVP_DigestSign");
  signature.resize(size);
  if (options_.type == "RSA") return signature;
  return RawEcdsa(signature, (static_cast<size_t>(EVP_PKEY_get_bits(pkey_.get())) + 7) / 8);
}

}  // namespace enkrat::testing

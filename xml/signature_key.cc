#include "xml/signature_key.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <string>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::xml {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;
constexpr int kMinExponentBits = 17;  // 65537
constexpr int kMaxExponentBits = 64;  // OpenSSL's own bound for large moduli

absl::Status Refuse(absl::string_view why) {
  DrainOpenSslErrors();
  return MakeError(Reason::kRequestMalformed, why);
}

absl::Status CheckRsa(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kMinRsaBits || bits > kMaxRsaBits) return Refuse("certificate: RSA size out of range");
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) {
    return Refuse("certificate: RSA exponent cannot be read");
  }
  const BnPtr exponent(number);
  if (BN_num_bits(number) < kMinExponentBits || BN_num_bits(number) > kMaxExponentBits ||
      !BN_is_odd(number)) {
    return Refuse("certificate: RSA exponent out of range");
  }
  return absl::OkStatus();
}

// OpenSSL has checked that the point is on the curve when it read the key.
absl::Status CheckEc(const EVP_PKEY* key) {
  char group[32] = {};
  if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1) {
    return Refuse("certificate: EC key without a named curve");
  }
  const absl::string_view name(group);
  if (name == "prime256v1" || name == "secp384r1" || name == "secp521r1") return absl::OkStatus();
  return Refuse("certificate: unknown curve");
}

}  // namespace

absl::StatusOr<SignatureKey> SignatureKey::FromX509(const X509* certificate) {
  EvpPkeyPtr key(X509_get_pubkey(const_cast<X509*>(certificate)));
  if (key == nullptr) return Refuse("certificate: OpenSSL cannot read its key");
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    ENKRAT_RETURN_IF_ERROR(CheckRsa(key.get()));
  } else if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    ENKRAT_RETURN_IF_ERROR(CheckEc(key.get()));
  } else {
    return Refuse("certificate: unknown kind of key");
  }
  return SignatureKey(std::move(key));
}

absl::StatusOr<SignatureKey> SignatureKey::FromCertificate(ByteSpan der) {
  const unsigned char* rest = der.data();
  const X509Ptr certificate(d2i_X509(nullptr, &rest, static_cast<long>(der.size())));
  if (certificate == nullptr || rest != der.data() + der.size()) {
    return Refuse("not an X.509 certificate");
  }
  return FromX509(certificate.get());
}

absl::StatusOr<SignatureKey> SignatureKey::FromCertificatePem(absl::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509Ptr certificate(
      bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return Refuse("not an X.509 certificate in PEM");
  return FromX509(certificate.get());
}

}  // namespace enkrat::xml

#include "hsm/token_public_key.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <array>
#include <memory>

#include "common/der.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::hsm {
namespace {

using ParamBldPtr = std::unique_ptr<OSSL_PARAM_BLD, OpenSslDeleter<OSSL_PARAM_BLD_free>>;
using ParamPtr = std::unique_ptr<OSSL_PARAM, OpenSslDeleter<OSSL_PARAM_free>>;

constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kUncompressed = 0x04;

constexpr std::array<uint8_t, 10> kP256 = {0x06, 0x08, 0x2a, 0x86, 0x48,
                                           0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<uint8_t, 7> kP384 = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

// SubjectPublicKeyInfo of RFC 5480 up to the point: SEQUENCE, algorithm id-ecPublicKey with the
// curve, BIT STRING without unused bits.
constexpr std::array<uint8_t, 26> kP256Prefix = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::array<uint8_t, 23> kP384Prefix = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
                                                 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
                                                 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};

struct Curve {
  ByteSpan parameters;
  ByteSpan spki_prefix;
  size_t point_size;
};

Curve CurveOf(KeyAlgorithm algorithm) {
  if (algorithm == KeyAlgorithm::kEcdsaP384) return {kP384, kP384Prefix, 97};
  return {kP256, kP256Prefix, 65};
}

// A defect of the token, whatever the decoder calls it.
absl::StatusOr<PublicKey> FromTokenSpki(KeyAlgorithm algorithm, ByteSpan spki_der) {
  absl::StatusOr<PublicKey> key = PublicKey::FromSpki(spki_der);
  if (!key.ok() || key->algorithm() != algorithm) {
    return MakeError(Reason::kInternal, "the token gave a public key that is not valid");
  }
  return key;
}

}  // namespace

ByteSpan CurveParameters(KeyAlgorithm algorithm) { return CurveOf(algorithm).parameters; }

uint64_t ModulusBits(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kRsaPss4096 ? 4096 : 3072;
}

absl::StatusOr<PublicKey> PublicKeyFromPoint(KeyAlgorithm algorithm, ByteSpan ec_point) {
  const Curve curve = CurveOf(algorithm);
  ByteSpan point = ec_point;
  // Both points are shorter than 128 octets: the length takes one octet.
  if (point.size() == curve.point_size + 2 && point[0] == kOctetString &&
      point[1] == curve.point_size) {
    point.remove_prefix(2);
  }
  if (point.size() != curve.point_size || point[0] != kUncompressed) {
    return MakeError(Reason::kInternal, "the token gave an EC point of another form or curve");
  }
  Bytes spki_der = ToBytes(curve.spki_prefix);
  Append(spki_der, point);
  return FromTokenSpki(algorithm, spki_der);
}

absl::StatusOr<PublicKey> PublicKeyFromModulus(KeyAlgorithm algorithm, ByteSpan modulus,
                                               ByteSpan exponent) {
  BnPtr n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  BnPtr e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  if (n == nullptr || e == nullptr ||
      static_cast<uint64_t>(BN_num_bits(n.get())) != ModulusBits(algorithm) ||
      !BN_is_odd(e.get()) || BN_num_bits(e.get()) < 17) {
    return MakeError(Reason::kInternal, "the token gave an RSA key of another size or exponent");
  }
  ParamBldPtr builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot build an RSA public key");
  }
  ParamPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* raw = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return OpenSslError(Reason::kInternal, "cannot build an RSA public key");
  }
  EvpPkeyPtr key(raw);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes spki_der, EncodeDer<i2d_PUBKEY>(key.get()));
  return FromTokenSpki(algorithm, spki_der);
}

}  // namespace enkrat::hsm

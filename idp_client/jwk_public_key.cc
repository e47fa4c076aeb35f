#include "idp_client/jwk_public_key.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 4096;
constexpr int kMaxExponentBits = 64;  // OpenSSL's own bound for large moduli

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpenSslDeleter<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpenSslDeleter<OSSL_PARAM_free>>;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }

std::string TextMember(const json& jwk, const char* name) {
  const auto member = jwk.find(name);
  return member != jwk.end() && member->is_string() ? member->get<std::string>() : "";
}

// The octets of a base64url member; nullopt if it is missing, empty or not canonical.
std::optional<Bytes> OctetsMember(const json& jwk, const char* name) {
  std::optional<Bytes> octets = FromBase64Url(TextMember(jwk, name));
  if (octets.has_value() && octets->empty()) octets.reset();
  return octets;
}

absl::StatusOr<EvpPkeyPtr> MakePublicKey(const char* type, OSSL_PARAM_BLD* builder) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    DrainOpenSslErrors();
    return Refuse("JWK: OpenSSL cannot read the key");
  }
  return EvpPkeyPtr(key);
}

// SP 800-56A 5.6.2.3.3: the point is on the curve. Cheap; for RSA the same function searches for
// factors, half a second for a large key, and whoever publishes a bad modulus harms only the
// signatures that are his to make anyway: there the shape must do.
absl::Status CheckPoint(EVP_PKEY* key) {
  const EvpPkeyCtxPtr check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) {
    DrainOpenSslErrors();
    return Refuse("JWK: the public key is not valid");
  }
  return absl::OkStatus();
}

// RFC 7518 6.2.1: coordinates are as long as the curve's field, with leading zeros.
absl::StatusOr<JwkPublicKey> ReadEc(const json& jwk) {
  const std::string curve = TextMember(jwk, "crv");
  size_t size = 0;
  for (const char* name : {"ES256", "ES384", "ES512"}) {
    const SignatureAlgorithm* row = FindSignatureAlgorithm(name);
    if (row->curve == curve) size = row->coordinate_size;
  }
  if (size == 0) return Refuse("JWK: unknown curve");
  const std::optional<Bytes> x = OctetsMember(jwk, "x");
  const std::optional<Bytes> y = OctetsMember(jwk, "y");
  if (!x || !y || x->size() != size || y->size() != size) {
    return Refuse("JWK: coordinates of wrong length");
  }
  Bytes point = {4};  // SEC 1 2.3.3: uncompressed
  Append(point, *x);
  Append(point, *y);
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(),
                                      0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return OpenSslError(Reason::kInternal, "describing an EC key");
  }
  ENKRAT_ASSIGN_OR_RETURN(EvpPkeyPtr pkey, MakePublicKey("EC", builder.get()));
  ENKRAT_RETURN_IF_ERROR(CheckPoint(pkey.get()));
  return JwkPublicKey{.pkey = std::move(pkey), .type = KeyType::kEc, .curve = curve};
}

absl::StatusOr<JwkPublicKey> ReadRsa(const json& jwk) {
  const std::optional<Bytes> n = OctetsMember(jwk, "n");
  const std::optional<Bytes> e = OctetsMember(jwk, "e");
  // One octet more: some providers send the sign octet of DER.
  if (!n || !e || n->size() > kMaxRsaBits / 8 + 1 || e->size() > kMaxExponentBits / 8 + 1) {
    return Refuse("JWK: RSA numbers missing or too long");
  }
  const BnPtr modulus(BN_bin2bn(n->data(), static_cast<int>(n->size()), nullptr));
  const BnPtr exponent(BN_bin2bn(e->data(), static_cast<int>(e->size()), nullptr));
  if (modulus == nullptr || exponent == nullptr) return MakeError(Reason::kInternal, "BN_bin2bn");
  const int bits = BN_num_bits(modulus.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits) return Refuse("JWK: RSA size out of range");
  if (!BN_is_odd(modulus.get())) return Refuse("JWK: RSA modulus is even");
  if (BN_num_bits(exponent.get()) < 17 || BN_num_bits(exponent.get()) > kMaxExponentBits ||
      !BN_is_odd(exponent.get())) {
    return Refuse("JWK: RSA exponent out of range");
  }
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return OpenSslError(Reason::kInternal, "describing an RSA key");
  }
  ENKRAT_ASSIGN_OR_RETURN(EvpPkeyPtr pkey, MakePublicKey("RSA", builder.get()));
  return JwkPublicKey{.pkey = std::move(pkey), .type = KeyType::kRsa};
}

absl::StatusOr<JwkPublicKey> ReadOctetKeyPair(const json& jwk) {
  const std::string curve = TextMember(jwk, "crv");
  const std::optional<Bytes> x = OctetsMember(jwk, "x");
  if (curve != "Ed25519" || !x || x->size() != 32) return Refuse("JWK: not an Ed25519 key");
  EvpPkeyPtr pkey(
      EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, x->data(), x->size()));
  if (pkey == nullptr) {
    DrainOpenSslErrors();
    return Refuse("JWK: OpenSSL cannot read the key");
  }
  return JwkPublicKey{.pkey = std::move(pkey), .type = KeyType::kOctetKeyPair, .curve = curve};
}

}  // namespace

absl::StatusOr<JwkPublicKey> ReadJwkPublicKey(const json& jwk) {
  if (!jwk.is_object()) return Refuse("JWK: not an object");
  // A private or symmetric key in the open is no longer anybody's.
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.contains(name)) return Refuse("JWK: holds a private or symmetric key");
  }
  const std::string type = TextMember(jwk, "kty");
  if (type == "EC") return ReadEc(jwk);
  if (type == "RSA") return ReadRsa(jwk);
  if (type == "OKP") return ReadOctetKeyPair(jwk);
  return Refuse("JWK: unknown key type");
}

}  // namespace enkrat::idp_client

#include "idp_client/verification_key.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/jwk_public_key.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr size_t kMaxKidSize = 256;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }
absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

// RFC 7517 4.2 and 4.3: both may say that the key is for something else.
absl::Status CheckPurpose(const json& jwk) {
  if (const auto use = jwk.find("use"); use != jwk.end() && *use != "sig") {
    return Refuse("JWK: not for signatures");
  }
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return absl::OkStatus();
  if (!operations->is_array() ||
      std::find(operations->begin(), operations->end(), json("verify")) == operations->end()) {
    return Refuse("JWK: not for verification");
  }
  return absl::OkStatus();
}

bool IsAllZero(ByteSpan octets) {
  return std::all_of(octets.begin(), octets.end(), [](uint8_t octet) { return octet == 0; });
}

// r || s, each of exactly the curve's length (RFC 7518 3.4), as the DER that OpenSSL verifies.
// Anything else is refused here: DER in their place, and the zeros of CVE-2022-21449.
absl::StatusOr<Bytes> EcdsaDer(ByteSpan signature, size_t coordinate_size) {
  if (signature.size() != 2 * coordinate_size) return Reject("ECDSA signature of wrong length");
  const ByteSpan r = signature.subspan(0, coordinate_size);
  const ByteSpan s = signature.subspan(coordinate_size);
  if (IsAllZero(r) || IsAllZero(s)) return Reject("ECDSA signature with r or s of zero");
  const EcdsaSigPtr pair(ECDSA_SIG_new());
  BnPtr r_number(BN_bin2bn(r.data(), static_cast<int>(r.size()), nullptr));
  BnPtr s_number(BN_bin2bn(s.data(), static_cast<int>(s.size()), nullptr));
  if (pair == nullptr || r_number == nullptr || s_number == nullptr ||
      ECDSA_SIG_set0(pair.get(), r_number.get(), s_number.get()) != 1) {
    return OpenSslError(Reason::kInternal, "ECDSA_SIG");
  }
  r_number.release();  // the pair owns them now
  s_number.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return OpenSslError(Reason::kInternal, "i2d_ECDSA_SIG");
  Bytes octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

absl::Status SetPssParameters(EVP_PKEY_CTX* settings, const EVP_MD* method) {
  // RFC 7518 3.5: MGF1 on the same digest, a salt as long as the digest.
  if (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(settings, method) != 1 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1) {
    return OpenSslError(Reason::kInternal, "PSS parameters");
  }
  return absl::OkStatus();
}

}  // namespace

VerificationKey::VerificationKey(EvpPkeyPtr pkey, KeyType type, std::string curve)
    : pkey_(pkey.release(), EVP_PKEY_free), type_(type), curve_(std::move(curve)) {}

absl::StatusOr<VerificationKey> VerificationKey::FromJwk(const json& jwk) {
  ENKRAT_ASSIGN_OR_RETURN(JwkPublicKey material, ReadJwkPublicKey(jwk));
  ENKRAT_RETURN_IF_ERROR(CheckPurpose(jwk));
  VerificationKey key(std::move(material.pkey), material.type, std::move(material.curve));
  if (const auto kid = jwk.find("kid"); kid != jwk.end()) {
    if (!kid->is_string()) return Refuse("JWK: kid is not a text");
    key.kid_ = kid->get<std::string>();
    if (key.kid_.empty() || key.kid_.size() > kMaxKidSize) return Refuse("JWK: length of kid");
  }
  if (const auto alg = jwk.find("alg"); alg != jwk.end()) {
    key.only_algorithm_ =
        alg->is_string() ? FindSignatureAlgorithm(alg->get_ref<const std::string&>()) : nullptr;
    if (key.only_algorithm_ == nullptr) return Refuse("JWK: unknown alg");
    if (!key.Fits(*key.only_algorithm_)) return Refuse("JWK: alg of another kind of key");
  }
  return key;
}

bool VerificationKey::Fits(const SignatureAlgorithm& algorithm) const {
  if (only_algorithm_ != nullptr && only_algorithm_ != &algorithm) return false;
  return algorithm.key_type == type_ && algorithm.curve == curve_;
}

absl::Status VerificationKey::Verify(const SignatureAlgorithm& algorithm, ByteSpan signing_input,
                                     ByteSpan signature) const {
  if (!Fits(algorithm)) return Reject("the key is not one for this alg");
  Bytes encoded = ToBytes(signature);
  if (type_ == KeyType::kEc) {
    ENKRAT_ASSIGN_OR_RETURN(encoded, EcdsaDer(signature, algorithm.coordinate_size));
  } else if (signature.size() != static_cast<size_t>(EVP_PKEY_get_size(pkey_.get()))) {
    return Reject("signature of wrong length");
  }
  const EVP_MD* method = type_ == KeyType::kOctetKeyPair ? nullptr : DigestMethod(algorithm.digest);
  const EvpMdCtxPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &settings, method, nullptr, pkey_.get()) != 1) {
    return OpenSslError(Reason::kInternal, "EVP_DigestVerifyInit");
  }
  if (algorithm.pss) ENKRAT_RETURN_IF_ERROR(SetPssParameters(settings, method));
  if (EVP_DigestVerify(context.get(), encoded.data(), encoded.size(), signing_input.data(),
                       signing_input.size()) != 1) {
    DrainOpenSslErrors();
    return Reject("signature does not verify");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::idp_client

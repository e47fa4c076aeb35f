#include "common/signing_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "common/der.h"
#include "common/status_macros.h"

namespace enkrat {
namespace {

struct Row {
  KeyAlgorithm algorithm;
  absl::string_view name;
  DigestAlgorithm digest;
};

constexpr std::array kRows = {
    Row{KeyAlgorithm::kEcdsaP256, "ECDSA-P256", DigestAlgorithm::kSha256},
    Row{KeyAlgorithm::kEcdsaP384, "ECDSA-P384", DigestAlgorithm::kSha384},
    Row{KeyAlgorithm::kRsaPss3072, "RSA-PSS-3072", DigestAlgorithm::kSha256},
    Row{KeyAlgorithm::kRsaPss4096, "RSA-PSS-4096", DigestAlgorithm::kSha256},
};

std::optional<KeyAlgorithm> AlgorithmOf(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "EC")) {
    std::array<char, 64> group{};
    size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1) return std::nullopt;
    const absl::string_view name(group.data(), length);
    if (name == SN_X9_62_prime256v1) return KeyAlgorithm::kEcdsaP256;
    if (name == SN_secp384r1) return KeyAlgorithm::kEcdsaP384;
  } else if (EVP_PKEY_is_a(key, "RSA")) {
    if (bits == 3072) return KeyAlgorithm::kRsaPss3072;
    if (bits == 4096) return KeyAlgorithm::kRsaPss4096;
  }
  return std::nullopt;
}

// SubjectPublicKeyInfo of RFC 5480 for the named curves, up to the uncompressed point.
constexpr std::array<uint8_t, 27> kP256Prefix = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::array<uint8_t, 24> kP384Prefix = {0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
                                                 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
                                                 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04};

EvpPkeyPtr CurveWithoutKey(const char* name) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* parameters = nullptr;
  if (context != nullptr && EVP_PKEY_paramgen_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_group_name(context.get(), name) == 1) {
    EVP_PKEY_paramgen(context.get(), &parameters);
  }
  return EvpPkeyPtr(parameters);
}

bool IsPointOf(ByteSpan spki_der, ByteSpan prefix, size_t point_size) {
  return spki_der.size() == prefix.size() - 1 + point_size &&
         spki_der.first(prefix.size()) == prefix;
}

// The key of a SubjectPublicKeyInfo in the one form that nearly all have: an uncompressed point of
// P-256 or P-384. nullptr for any other, or a point off its curve. Every one-time key passes here,
// and OpenSSL 3.0's decoder takes twenty times as long, more than generating the key takes.
EvpPkeyPtr FromUncompressedPoint(ByteSpan spki_der) {
  static EVP_PKEY* const p256 = CurveWithoutKey(SN_X9_62_prime256v1).release();
  static EVP_PKEY* const p384 = CurveWithoutKey(SN_secp384r1).release();
  EVP_PKEY* curve = IsPointOf(spki_der, kP256Prefix, 65)   ? p256
                    : IsPointOf(spki_der, kP384Prefix, 97) ? p384
                                                           : nullptr;
  if (curve == nullptr) return nullptr;
  const ByteSpan point = spki_der.last(curve == p256 ? 65 : 97);
  EvpPkeyPtr key(EVP_PKEY_dup(curve));
  // Refuses a point that is not on the curve (SEC 1 2.3.4).
  if (key == nullptr ||
      EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) {
    DrainOpenSslErrors();
    return nullptr;
  }
  return key;
}

int EcdsaNid(DigestAlgorithm digest) {
  switch (digest) {
    case DigestAlgorithm::kSha256:
      return NID_ecdsa_with_SHA256;
    case DigestAlgorithm::kSha384:
      return NID_ecdsa_with_SHA384;
    case DigestAlgorithm::kSha512:
      return NID_ecdsa_with_SHA512;
  }
  return NID_undef;
}

// RSASSA-PSS-params (RFC 4055 3.1) for one digest, MGF1 over the same digest, salt as long as the
// digest.
Bytes PssAlgorithmIdentifier(DigestAlgorithm digest) {
  using PssPtr = std::unique_ptr<RSA_PSS_PARAMS, OpenSslDeleter<RSA_PSS_PARAMS_free>>;
  const auto digest_identifier = [digest] {
    X509AlgorPtr algorithm(X509_ALGOR_new());
    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(DigestNid(digest)), V_ASN1_NULL, nullptr);
    return algorithm;
  };
  PssPtr params(RSA_PSS_PARAMS_new());
  params->hashAlgorithm = digest_identifier().release();
  X509AlgorPtr mgf_digest = digest_identifier();
  ASN1_STRING* packed_digest = nullptr;
  ASN1_item_pack(mgf_digest.get(), ASN1_ITEM_rptr(X509_ALGOR), &packed_digest);
  params->maskGenAlgorithm = X509_ALGOR_new();
  X509_ALGOR_set0(params->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE, packed_digest);
  params->saltLength = ASN1_INTEGER_new();
  ASN1_INTEGER_set(params->saltLength, static_cast<long>(DigestSize(digest)));
  ASN1_STRING* packed = nullptr;
  ASN1_item_pack(params.get(), ASN1_ITEM_rptr(RSA_PSS_PARAMS), &packed);
  X509AlgorPtr identifier(X509_ALGOR_new());
  X509_ALGOR_set0(identifier.get(), OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, packed);
  return EncodeDer<i2d_X509_ALGOR>(identifier.get()).value_or(Bytes{});
}

Bytes MakeAlgorithmIdentifier(KeyAlgorithm key, DigestAlgorithm digest) {
  if (!IsEcdsa(key)) return PssAlgorithmIdentifier(digest);
  X509AlgorPtr identifier(X509_ALGOR_new());
  X509_ALGOR_set0(identifier.get(), OBJ_nid2obj(EcdsaNid(digest)), V_ASN1_UNDEF, nullptr);
  return EncodeDer<i2d_X509_ALGOR>(identifier.get()).value_or(Bytes{});
}

}  // namespace

absl::string_view KeyAlgorithmName(KeyAlgorithm algorithm) {
  return kRows[static_cast<size_t>(algorithm)].name;
}

std::optional<KeyAlgorithm> KeyAlgorithmFromName(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.algorithm;
  }
  return std::nullopt;
}

DigestAlgorithm DefaultDigest(KeyAlgorithm algorithm) {
  return kRows[static_cast<size_t>(algorithm)].digest;
}

bool IsEcdsa(KeyAlgorithm algorithm) {
  return algorithm == KeyAlgorithm::kEcdsaP256 || algorithm == KeyAlgorithm::kEcdsaP384;
}

Bytes SignatureAlgorithmIdentifier(KeyAlgorithm key, DigestAlgorithm digest) {
  static const auto& identifiers = *[] {
    auto* table = new std::array<std::array<Bytes, 3>, kRows.size()>;
    for (size_t k = 0; k < kRows.size(); ++k) {
      for (size_t d = 0; d < 3; ++d) {
        (*table)[k][d] =
            MakeAlgorithmIdentifier(static_cast<KeyAlgorithm>(k), static_cast<DigestAlgorithm>(d));
      }
    }
    return table;
  }();
  return identifiers[static_cast<size_t>(key)][static_cast<size_t>(digest)];
}

PublicKey::PublicKey(KeyAlgorithm algorithm, std::shared_ptr<const Bytes> spki_der,
                     std::shared_ptr<EVP_PKEY> pkey)
    : algorithm_(algorithm), spki_der_(std::move(spki_der)), pkey_(std::move(pkey)) {}

absl::StatusOr<PublicKey> PublicKey::FromSpki(ByteSpan spki_der) {
  EvpPkeyPtr pkey = FromUncompressedPoint(spki_der);
  if (pkey == nullptr) {
    ENKRAT_ASSIGN_OR_RETURN(pkey, (DecodeDer<EvpPkeyPtr, d2i_PUBKEY>(spki_der)));
  }
  const std::optional<KeyAlgorithm> algorithm = AlgorithmOf(pkey.get());
  if (!algorithm.has_value()) {
    return MakeError(Reason::kRequestMalformed, "public key of an algorithm that is not offered");
  }
  return PublicKey(*algorithm, std::make_shared<const Bytes>(spki_der.begin(), spki_der.end()),
                   std::shared_ptr<EVP_PKEY>(pkey.release(), EVP_PKEY_free));
}

absl::Status PublicKey::VerifyDigest(DigestAlgorithm algorithm, ByteSpan digest,
                                     ByteSpan signature) const {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pkey_.get(), nullptr));
  bool ready = context != nullptr && digest.size() == DigestSize(algorithm) &&
               EVP_PKEY_verify_init(context.get()) == 1 &&
               EVP_PKEY_CTX_set_signature_md(context.get(), DigestMethod(algorithm)) == 1;
  if (ready && !IsEcdsa(algorithm_)) {
    ready = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  if (!ready || EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                                digest.size()) != 1) {
    return OpenSslError(Reason::kSignatureSelfCheckFailed, "the signature does not verify");
  }
  return absl::OkStatus();
}

}  // namespace enkrat

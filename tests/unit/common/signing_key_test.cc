#include "common/signing_key.h"

#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using testing::FailsWith;
using testing::IsOk;

Bytes SpkiOf(EvpPkeyPtr key) { return EncodeDer<i2d_PUBKEY>(key.get()).value(); }
Bytes EcSpki(const char* curve) { return SpkiOf(EvpPkeyPtr(EVP_EC_gen(curve))); }
Bytes RsaSpki(size_t bits) { return SpkiOf(EvpPkeyPtr(EVP_RSA_gen(bits))); }

TEST(PublicKey, KeysOfTheOfferedAlgorithmsAreKnown) {
  EXPECT_EQ(PublicKey::FromSpki(EcSpki("P-256"))->algorithm(), KeyAlgorithm::kEcdsaP256);
  EXPECT_EQ(PublicKey::FromSpki(EcSpki("P-384"))->algorithm(), KeyAlgorithm::kEcdsaP384);
  EXPECT_EQ(PublicKey::FromSpki(RsaSpki(3072))->algorithm(), KeyAlgorithm::kRsaPss3072);
}

TEST(PublicKey, EcKeyIsTheOneThatOpenSslDecodes) {
  for (const char* curve : {"P-256", "P-384"}) {
    const Bytes spki = EcSpki(curve);
    ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::FromSpki(spki));
    ASSERT_OK_AND_ASSIGN(const EvpPkeyPtr decoded, (DecodeDer<EvpPkeyPtr, d2i_PUBKEY>(spki)));
    EXPECT_EQ(EVP_PKEY_eq(key.evp_pkey(), decoded.get()), 1) << curve;
    EXPECT_EQ(EncodeDer<i2d_PUBKEY>(key.evp_pkey()).value(), spki) << curve;
    EXPECT_EQ(key.spki_der(), spki) << curve;
  }
}

TEST(PublicKey, KeysOfOtherAlgorithmsAndSizesAreRefused) {
  EXPECT_THAT(PublicKey::FromSpki(EcSpki("P-521")), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(PublicKey::FromSpki(EcSpki("P-224")), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(PublicKey::FromSpki(RsaSpki(2048)), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(
      PublicKey::FromSpki(SpkiOf(EvpPkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")))),
      FailsWith(Reason::kRequestMalformed));
}

TEST(PublicKey, PointOffItsCurveIsRefused) {
  for (const char* curve : {"P-256", "P-384"}) {
    Bytes spki = EcSpki(curve);
    spki.back() ^= 1;
    EXPECT_THAT(PublicKey::FromSpki(spki), FailsWith(Reason::kRequestMalformed)) << curve;
  }
}

TEST(PublicKey, PointOfZeroesIsRefused) {
  Bytes spki = EcSpki("P-256");
  std::fill(spki.end() - 64, spki.end(), 0);
  EXPECT_THAT(PublicKey::FromSpki(spki), FailsWith(Reason::kRequestMalformed));
}

TEST(PublicKey, EveryTruncationAndAnythingBehindItIsRefused) {
  Bytes spki = EcSpki("P-256");
  for (size_t size = 0; size < spki.size(); ++size) {
    EXPECT_THAT(PublicKey::FromSpki(ByteSpan(spki).first(size)),
                FailsWith(Reason::kRequestMalformed))
        << size;
  }
  spki.push_back(0);
  EXPECT_THAT(PublicKey::FromSpki(spki), FailsWith(Reason::kRequestMalformed));
}

TEST(PublicKey, SignatureOfAnotherKeyDigestOrLengthDoesNotVerify) {
  EvpPkeyPtr pair(EVP_EC_gen("P-256"));
  const Bytes digest(32, 7);
  Bytes signature(80);
  size_t size = signature.size();
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pair.get(), nullptr));
  ASSERT_EQ(EVP_PKEY_sign_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()), 1);
  signature.resize(size);
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::FromSpki(SpkiOf(std::move(pair))));
  ASSERT_OK_AND_ASSIGN(const PublicKey other, PublicKey::FromSpki(EcSpki("P-256")));
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, digest, signature), IsOk());
  EXPECT_THAT(other.VerifyDigest(DigestAlgorithm::kSha256, digest, signature),
              FailsWith(Reason::kSignatureSelfCheckFailed));
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, Bytes(32, 8), signature),
              FailsWith(Reason::kSignatureSelfCheckFailed));
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, Bytes(31, 7), signature),
              FailsWith(Reason::kSignatureSelfCheckFailed));
  EXPECT_THAT(key.VerifyDigest(DigestAlgorithm::kSha256, digest, {}),
              FailsWith(Reason::kSignatureSelfCheckFailed));
}

}  // namespace
}  // namespace enkrat

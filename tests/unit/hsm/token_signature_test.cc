#include "hsm/token_signature.h"

#include <gtest/gtest.h>

#include "common/digest.h"
#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(EcdsaSigValue, ShortIntegersAreWrittenInTheShortestForm) {
  // r = 1, s = 0x7f
  const Bytes raw = {0, 0, 0, 1, 0, 0, 0, 0x7f};
  ASSERT_OK_AND_ASSIGN(const Bytes der, EcdsaSigValue(raw));
  EXPECT_EQ(ToHex(der), "300602010102017f");
}

TEST(EcdsaSigValue, IntegerWithItsTopBitSetGetsALeadingZero) {
  const Bytes raw = {0x80, 0x01, 0x00, 0x80};
  ASSERT_OK_AND_ASSIGN(const Bytes der, EcdsaSigValue(raw));
  EXPECT_EQ(ToHex(der), "3009020300800102020080");
}

TEST(EcdsaSigValue, ZeroIsOneOctet) {
  const Bytes raw(8, 0);
  ASSERT_OK_AND_ASSIGN(const Bytes der, EcdsaSigValue(raw));
  EXPECT_EQ(ToHex(der), "3006020100020100");
}

TEST(EcdsaSigValue, LongSequenceHasALongLength) {
  const Bytes raw(132, 0xff);  // P-521
  ASSERT_OK_AND_ASSIGN(const Bytes der, EcdsaSigValue(raw));
  EXPECT_EQ(ToHex(ByteSpan(der).first(5)), "30818a0243");
}

TEST(EcdsaSigValue, ImpossibleLengthsAreRefused) {
  for (const size_t size : {0u, 1u, 63u, 134u, 4096u}) {
    EXPECT_THAT(EcdsaSigValue(Bytes(size, 1)), FailsWith(Reason::kInternal)) << size;
  }
}

class SignInTokenTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(SignInTokenTest, EveryAlgorithmAndDigestVerifies) {
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384, KeyAlgorithm::kRsaPss3072}) {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
    ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({.algorithm = algorithm}));
    for (const DigestAlgorithm digest_algorithm :
         {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
      const Bytes digest = ComputeDigest(digest_algorithm, AsSpan("document"));
      ASSERT_OK_AND_ASSIGN(const Bytes signature, key.SignDigest(digest_algorithm, digest));
      EXPECT_THAT(key.public_key().VerifyDigest(digest_algorithm, digest, signature), IsOk())
          << KeyAlgorithmName(algorithm) << " " << DigestName(digest_algorithm);
    }
  }
}

TEST_F(SignInTokenTest, DigestOfAnotherLengthIsRefusedBeforeTheTokenSeesIt) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  hsm_.token.ForgetCalls();
  for (const size_t size : {0u, 20u, 31u, 33u, 48u}) {
    EXPECT_THAT(key.SignDigest(DigestAlgorithm::kSha256, Bytes(size, 1)),
                FailsWith(Reason::kRequestMalformed))
        << size;
  }
  EXPECT_EQ(hsm_.token.CallCount("C_SignInit"), 0);
}

}  // namespace
}  // namespace enkrat::hsm

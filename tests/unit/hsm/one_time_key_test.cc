#include "hsm/one_time_key.h"

#include <gtest/gtest.h>

#include "common/digest.h"
#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

const Bytes kDigest(32, 0x17);

class OneTimeKeyTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(OneTimeKeyTest, LivesSignsAndIsDestroyedWithAReceipt) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({.label = "session-1"}));
  EXPECT_EQ(hsm_.token.SessionObjects(), 2u);
  EXPECT_EQ(hsm_.token.TokenObjects(), 0u);
  EXPECT_EQ(key.key_id().size(), 32u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const Bytes signature, key.SignDigest(DigestAlgorithm::kSha256, kDigest));
    EXPECT_THAT(key.public_key().VerifyDigest(DigestAlgorithm::kSha256, kDigest, signature),
                IsOk());
  }
  const std::string key_id = key.key_id();
  const auto spki_sha256 = Sha256(key.public_key().spki_der());
  hsm_.clock.Advance(absl::Milliseconds(3));
  ASSERT_OK_AND_ASSIGN(const DestructionReceipt receipt, std::move(key).Destroy());
  EXPECT_EQ(hsm_.token.SessionObjects(), 0u);
  EXPECT_EQ(receipt.key_id(), key_id);
  EXPECT_EQ(receipt.spki_sha256(), spki_sha256);
  EXPECT_EQ(receipt.signatures(), 3u);
  EXPECT_EQ(receipt.destroyed_at() - receipt.generated_at(), absl::Milliseconds(3));
  EXPECT_EQ(receipt.method(), DestructionMethod::kDestroyObject);
  EXPECT_EQ(receipt.private_object_answer(), "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_EQ(receipt.public_object_answer(), "CKR_OBJECT_HANDLE_INVALID");
  EXPECT_TRUE(receipt.attributes().local);
}

TEST_F(OneTimeKeyTest, AttributesAndTheRefusedSecretAreReadInOneCall) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  hsm_.token.ForgetCalls();
  ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({}));
  // One for the private key, one for the public.
  EXPECT_EQ(hsm_.token.CallCount("C_GetAttributeValue"), 2);
  EXPECT_EQ(key.attributes().value_read_result, "CKR_ATTRIBUTE_SENSITIVE");
  EXPECT_EQ(key.attributes().generation_mechanism, "CKM_EC_KEY_PAIR_GEN");
}

TEST_F(OneTimeKeyTest, WholeLifeNeitherSearchesNorOpensNorCloses) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  hsm_.token.ForgetCalls();
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  ASSERT_THAT(key.SignDigest(DigestAlgorithm::kSha256, kDigest), IsOk());
  ASSERT_THAT(std::move(key).Destroy(), IsOk());
  EXPECT_THAT(
      hsm_.token.Calls(),
      ::testing::ElementsAre("C_GenerateKeyPair", "C_GetAttributeValue", "C_GetAttributeValue",
                             "C_SignInit", "C_Sign", "C_DestroyObject", "C_DestroyObject",
                             "C_GetAttributeValue", "C_GetAttributeValue"));
}

TEST_F(OneTimeKeyTest, DroppedKeyIsDestroyed) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  { ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({})); }
  EXPECT_EQ(hsm_.token.SessionObjects(), 0u);
  EXPECT_EQ(hsm_.pool->statistics().keys_destroyed, 1u);
}

TEST_F(OneTimeKeyTest, KeyIsMovedNotCopied) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  OneTimeKey other = std::move(key);
  EXPECT_THAT(std::move(key).Destroy(), FailsWith(Reason::kInternal));
  EXPECT_EQ(hsm_.token.SessionObjects(), 2u);
  EXPECT_THAT(std::move(other).Destroy(), IsOk());
}

TEST_F(OneTimeKeyTest, KeyThatIsAssignedOverIsDestroyed) {
  ASSERT_OK_AND_ASSIGN(SessionLease first_lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(SessionLease second_lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, first_lease.GenerateOneTimeKey({}));
  ASSERT_OK_AND_ASSIGN(OneTimeKey other, second_lease.GenerateOneTimeKey({}));
  key = std::move(other);
  EXPECT_EQ(hsm_.token.SessionPrivateKeys(), 1u);
  EXPECT_THAT(std::move(key).Destroy(), IsOk());
}

TEST_F(OneTimeKeyTest, KeyThatOutlivesItsLeaseKeepsTheSession) {
  std::optional<OneTimeKey> key;
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
    ASSERT_OK_AND_ASSIGN(key, lease.GenerateOneTimeKey({}));
  }
  EXPECT_EQ(hsm_.pool->statistics().sessions_leased, 1u);
  EXPECT_THAT(key->SignDigest(DigestAlgorithm::kSha256, kDigest), IsOk());
  key.reset();
  EXPECT_EQ(hsm_.pool->statistics().sessions_leased, 0u);
}

TEST_F(OneTimeKeyTest, SecondKeyOfOneLeaseIsRefused) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  EXPECT_THAT(lease.GenerateOneTimeKey({}), FailsWith(Reason::kInternal));
  ASSERT_THAT(std::move(key).Destroy(), IsOk());
  EXPECT_THAT(lease.GenerateOneTimeKey({}), IsOk());
}

TEST_F(OneTimeKeyTest, LabelBeyondItsLimitIsRefused) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  EXPECT_THAT(lease.GenerateOneTimeKey({.label = std::string(65, 'x')}),
              FailsWith(Reason::kInternal));
  EXPECT_EQ(hsm_.token.CallCount("C_GenerateKeyPair"), 0);
}

TEST_F(OneTimeKeyTest, EveryKeyIsAnother) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey first, lease.GenerateOneTimeKey({}));
  const Bytes spki = first.public_key().spki_der();
  const std::string id = first.key_id();
  ASSERT_THAT(std::move(first).Destroy(), IsOk());
  ASSERT_OK_AND_ASSIGN(OneTimeKey second, lease.GenerateOneTimeKey({}));
  EXPECT_NE(second.public_key().spki_der(), spki);
  EXPECT_NE(second.key_id(), id);
}

TEST(OneTimeKeyRawPoint, TokenThatGivesBarePointsServesAsWell) {
  FakeHsm hsm({.raw_ec_point = true});
  hsm.OpenPool();
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
  ASSERT_OK_AND_ASSIGN(OneTimeKey key, lease.GenerateOneTimeKey({}));
  ASSERT_OK_AND_ASSIGN(const Bytes signature, key.SignDigest(DigestAlgorithm::kSha256, kDigest));
  EXPECT_THAT(key.public_key().VerifyDigest(DigestAlgorithm::kSha256, kDigest, signature), IsOk());
}

}  // namespace
}  // namespace enkrat::hsm

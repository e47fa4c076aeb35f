#include "hsm/long_lived_key.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;

const Bytes kDigest(32, 0x23);

class LongLivedKeyTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(LongLivedKeyTest, GeneratedKeyIsATokenObjectThatSigns) {
  ASSERT_OK_AND_ASSIGN(const LongLivedKey key, hsm_.pool->GenerateKey({.label = "ca"}));
  EXPECT_EQ(hsm_.token.TokenObjects(), 2u);
  EXPECT_TRUE(key.attributes().token);
  EXPECT_TRUE(key.attributes().never_extractable);
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  const std::unique_ptr<SigningKey> signer = lease.KeyFor(key);
  ASSERT_OK_AND_ASSIGN(const Bytes signature,
                       signer->SignDigest(DigestAlgorithm::kSha256, kDigest));
  EXPECT_THAT(key.public_key().VerifyDigest(DigestAlgorithm::kSha256, kDigest, signature), IsOk());
}

TEST_F(LongLivedKeyTest, IsFoundByItsLabelInAnotherPool) {
  ASSERT_OK_AND_ASSIGN(
      const LongLivedKey made,
      hsm_.pool->GenerateKey({.algorithm = KeyAlgorithm::kEcdsaP384, .label = "tsa"}));
  hsm_.pool.reset();
  hsm_.OpenPool();
  ASSERT_OK_AND_ASSIGN(const LongLivedKey found, hsm_.pool->FindKey("tsa"));
  EXPECT_EQ(found.public_key().spki_der(), made.public_key().spki_der());
  EXPECT_EQ(found.key_id(), made.key_id());
  EXPECT_EQ(found.public_key().algorithm(), KeyAlgorithm::kEcdsaP384);
}

TEST_F(LongLivedKeyTest, TakenLabelIsNotGeneratedAgain) {
  ASSERT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), IsOk());
  EXPECT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(hsm_.pool->GenerateMacKey("ca"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.TokenObjects(), 2u);
}

TEST_F(LongLivedKeyTest, MissingLabelIsNotFound) {
  EXPECT_THAT(hsm_.pool->FindKey("ca"), FailsWith(Reason::kNotFound));
  EXPECT_THAT(hsm_.pool->FindKey(""), FailsWith(Reason::kNotFound));
}

TEST_F(LongLivedKeyTest, OneTimeKeyOfTheSameLabelIsNotTakenForIt) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(const OneTimeKey key, lease.GenerateOneTimeKey({.label = "ca"}));
  EXPECT_THAT(hsm_.pool->FindKey("ca"), FailsWith(Reason::kNotFound));
}

TEST_F(LongLivedKeyTest, KeyThatBreaksAPromiseIsNotLeftBehind) {
  for (const FakeCryptoki::Lies& lies :
       {FakeCryptoki::Lies{.extractable = true}, FakeCryptoki::Lies{.not_sensitive = true},
        FakeCryptoki::Lies{.not_local = true}, FakeCryptoki::Lies{.were_extractable = true}}) {
    hsm_.token.SetLies(lies);
    EXPECT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), FailsWith(Reason::kConfigurationInvalid));
    EXPECT_EQ(hsm_.token.TokenObjects(), 0u);
  }
}

TEST_F(LongLivedKeyTest, HandleThatDoesNotHoldAnyMoreIsFoundAgainByReconnecting) {
  ASSERT_OK_AND_ASSIGN(const LongLivedKey key, hsm_.pool->GenerateKey({.label = "ca"}));
  hsm_.token.FailNth("C_SignInit", 1, "CKR_KEY_HANDLE_INVALID");
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
    EXPECT_THAT(lease.KeyFor(key)->SignDigest(DigestAlgorithm::kSha256, kDigest),
                FailsWith(Reason::kHsmUnavailable));
  }
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  EXPECT_EQ(hsm_.pool->statistics().reconnects, 1u);
  EXPECT_THAT(lease.KeyFor(key)->SignDigest(DigestAlgorithm::kSha256, kDigest), IsOk());
}

TEST_F(LongLivedKeyTest, FailedSearchDoesNotLeaveTheSessionStuck) {
  ASSERT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), IsOk());
  for (const char* call : {"C_FindObjectsInit", "C_FindObjects", "C_FindObjectsFinal"}) {
    hsm_.token.FailNth(call, 1, "CKR_FUNCTION_FAILED");
    EXPECT_THAT(hsm_.pool->FindKey("other"), FailsWith(Reason::kOverloaded)) << call;
    EXPECT_THAT(hsm_.pool->FindKey("other"), FailsWith(Reason::kNotFound)) << call;
  }
}

}  // namespace
}  // namespace enkrat::hsm

#include "hsm/wrapping_key.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class WrappingKeyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    hsm_.OpenPool();
    key_ = hsm_.pool->GenerateWrappingKey("data").value();
  }

  Bytes Sealed(absl::string_view text, absl::string_view associated) {
    return hsm_.Acquire().value().Encrypt(*key_, AsSpan(text), AsSpan(associated)).value();
  }
  absl::StatusOr<Bytes> Opened(const Bytes& sealed, absl::string_view associated) {
    return hsm_.Acquire().value().Decrypt(*key_, sealed, AsSpan(associated));
  }

  FakeHsm hsm_;
  std::optional<WrappingKey> key_;
};

TEST_F(WrappingKeyTest, WhatWasEncryptedIsDecrypted) {
  const Bytes sealed = Sealed("a data key", "key 1");
  EXPECT_EQ(sealed.size(), 12 + 10 + 16);
  EXPECT_EQ(Opened(sealed, "key 1").value(), ToBytes("a data key"));
  EXPECT_NE(Sealed("a data key", "key 1"), sealed);
}

TEST_F(WrappingKeyTest, FlippedBitAnywhereIsRefused) {
  const Bytes sealed = Sealed("a data key", "key 1");
  for (size_t at = 0; at < sealed.size(); ++at) {
    Bytes flipped = sealed;
    flipped[at] ^= 1;
    EXPECT_THAT(Opened(flipped, "key 1"), FailsWith(Reason::kConfigurationInvalid)) << at;
  }
}

TEST_F(WrappingKeyTest, OtherAssociatedOctetsAreRefused) {
  EXPECT_THAT(Opened(Sealed("a data key", "key 1"), "key 2"),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(WrappingKeyTest, WhatIsShorterThanItsTagIsRefused) {
  const Bytes sealed = Sealed("a data key", "");
  for (size_t size = 0; size < 12 + 16; ++size) {
    EXPECT_THAT(Opened(Bytes(sealed.begin(), sealed.begin() + size), ""),
                FailsWith(Reason::kConfigurationInvalid));
  }
}

TEST_F(WrappingKeyTest, WhatAnotherKeyMadeIsRefused) {
  ASSERT_OK_AND_ASSIGN(const WrappingKey other, hsm_.pool->GenerateWrappingKey("other"));
  const Bytes sealed = hsm_.Acquire().value().Encrypt(other, AsSpan("text"), {}).value();
  EXPECT_THAT(Opened(sealed, ""), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(WrappingKeyTest, TooLongATextIsRefused) {
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  EXPECT_THAT(lease.Encrypt(*key_, Bytes(1025), {}), FailsWith(Reason::kLimitExceeded));
}

TEST_F(WrappingKeyTest, IsFoundByItsLabelInAnotherPool) {
  const Bytes sealed = Sealed("text", "");
  hsm_.pool.reset();
  hsm_.OpenPool();
  ASSERT_OK_AND_ASSIGN(key_, hsm_.pool->FindWrappingKey("data"));
  EXPECT_THAT(Opened(sealed, ""), IsOk());
  EXPECT_THAT(hsm_.pool->FindWrappingKey("none"), FailsWith(Reason::kNotFound));
}

TEST_F(WrappingKeyTest, OutlivesAReconnect) {
  const Bytes sealed = Sealed("text", "");
  hsm_.pool->RequestRecycle();
  EXPECT_THAT(Opened(sealed, ""), IsOk());
}

TEST_F(WrappingKeyTest, KeyOfAnotherTypeIsNotTaken) {
  ASSERT_THAT(hsm_.pool->GenerateMacKey("mac"), IsOk());
  EXPECT_THAT(hsm_.pool->FindWrappingKey("mac"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(hsm_.pool->FindMacKey("data"), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(WrappingKeyTest, TakenLabelIsNotGeneratedAgain) {
  EXPECT_THAT(hsm_.pool->GenerateWrappingKey("data"), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(WrappingKeyTest, KeyThatCanLeaveTheTokenIsRefusedAndNotLeftBehind) {
  const size_t before = hsm_.token.TokenObjects();
  hsm_.token.SetLies({.not_sensitive = true});
  EXPECT_THAT(hsm_.pool->GenerateWrappingKey("leaky"), FailsWith(Reason::kConfigurationInvalid));
  hsm_.token.SetLies({.not_local = true});
  EXPECT_THAT(hsm_.pool->GenerateWrappingKey("foreign"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.TokenObjects(), before);
}

TEST_F(WrappingKeyTest, LostTokenIsNotMistakenForAForgery) {
  const Bytes sealed = Sealed("text", "");
  hsm_.token.FailNth("C_Decrypt", 1, "CKR_GENERAL_ERROR");
  hsm_.token.FailNth("C_GetSessionInfo", 1, "CKR_GENERAL_ERROR");
  EXPECT_THAT(Opened(sealed, ""), FailsWith(Reason::kHsmUnavailable));
}

TEST_F(WrappingKeyTest, FailureMidwayQuarantinesTheSession) {
  const Bytes sealed = Sealed("text", "");
  hsm_.token.FailNth("C_Decrypt", 1, "CKR_FUNCTION_FAILED");
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
    EXPECT_THAT(lease.Decrypt(*key_, sealed, {}), FailsWith(Reason::kOverloaded));
    EXPECT_THAT(lease.Decrypt(*key_, sealed, {}), FailsWith(Reason::kHsmUnavailable));
  }
  EXPECT_THAT(Opened(sealed, ""), IsOk());
}

}  // namespace
}  // namespace enkrat::hsm

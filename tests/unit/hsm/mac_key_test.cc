#include "hsm/mac_key.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class MacKeyTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(MacKeyTest, SameKeyAndMessageGiveTheSameMac) {
  ASSERT_OK_AND_ASSIGN(const MacKey key, hsm_.pool->GenerateMacKey("pins"));
  ASSERT_OK_AND_ASSIGN(const MacKey other, hsm_.pool->GenerateMacKey("others"));
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(const Bytes mac, lease.Mac(key, AsSpan("message")));
  EXPECT_EQ(mac.size(), 32u);
  EXPECT_EQ(lease.Mac(key, AsSpan("message")).value(), mac);
  EXPECT_NE(lease.Mac(key, AsSpan("Message")).value(), mac);
  EXPECT_NE(lease.Mac(other, AsSpan("message")).value(), mac);
}

TEST_F(MacKeyTest, IsFoundByItsLabelInAnotherPool) {
  ASSERT_THAT(hsm_.pool->GenerateMacKey("pins"), IsOk());
  hsm_.pool.reset();
  hsm_.OpenPool();
  EXPECT_THAT(hsm_.pool->FindMacKey("pins"), IsOk());
  EXPECT_THAT(hsm_.pool->FindMacKey("none"), FailsWith(Reason::kNotFound));
}

TEST_F(MacKeyTest, TakenLabelIsNotGeneratedAgain) {
  ASSERT_THAT(hsm_.pool->GenerateMacKey("pins"), IsOk());
  EXPECT_THAT(hsm_.pool->GenerateMacKey("pins"), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(MacKeyTest, KeyThatCanLeaveTheTokenIsRefusedAndNotLeftBehind) {
  hsm_.token.SetLies({.not_sensitive = true});
  EXPECT_THAT(hsm_.pool->GenerateMacKey("pins"), FailsWith(Reason::kConfigurationInvalid));
  hsm_.token.SetLies({.not_local = true});
  EXPECT_THAT(hsm_.pool->GenerateMacKey("pins"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.TokenObjects(), 0u);
}

TEST_F(MacKeyTest, FailureMidwayQuarantinesTheSession) {
  ASSERT_OK_AND_ASSIGN(const MacKey key, hsm_.pool->GenerateMacKey("pins"));
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
    hsm_.token.FailNth("C_Sign", 1, "CKR_FUNCTION_FAILED");
    EXPECT_THAT(lease.Mac(key, AsSpan("message")), FailsWith(Reason::kOverloaded));
    EXPECT_THAT(lease.Mac(key, AsSpan("message")), FailsWith(Reason::kHsmUnavailable));
  }
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm_.Acquire());
  EXPECT_THAT(lease.Mac(key, AsSpan("message")), IsOk());
}

}  // namespace
}  // namespace enkrat::hsm

#include "hsm/self_test.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;

class SelfTestTest : public ::testing::Test {
 protected:
  void SetUp() override { hsm_.OpenPool(); }

  FakeHsm hsm_;
};

TEST_F(SelfTestTest, HonestTokenPassesEveryCheckOfEveryAlgorithm) {
  const SelfTestReport report =
      RunSelfTest(*hsm_.pool, {.algorithms = {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384}});
  EXPECT_THAT(report.status(), IsOk());
  EXPECT_EQ(report.checks.size(), 10u);
  EXPECT_EQ(hsm_.token.SessionObjects(), 0u);
  EXPECT_EQ(hsm_.pool->statistics().sessions_leased, 0u);
}

struct Lie {
  const char* name;
  FakeCryptoki::Lies lies;
};

class SelfTestOfLyingToken : public ::testing::TestWithParam<Lie> {};

TEST_P(SelfTestOfLyingToken, RefusesIt) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.SetLies(GetParam().lies);
  EXPECT_THAT(RunSelfTest(*hsm.pool, {}).status(), FailsWith(Reason::kConfigurationInvalid));
}

INSTANTIATE_TEST_SUITE_P(
    Each, SelfTestOfLyingToken,
    ::testing::Values(
        Lie{"Extractable", {.extractable = true}}, Lie{"NotSensitive", {.not_sensitive = true}},
        Lie{"NotLocal", {.not_local = true}}, Lie{"WereExtractable", {.were_extractable = true}},
        Lie{"StoredInToken", {.stored_in_token = true}},
        Lie{"KeepsKeys", {.destroy_keeps_objects = true, .close_keeps_objects = true}}),
    [](const ::testing::TestParamInfo<Lie>& lie) { return lie.param.name; });

TEST_F(SelfTestTest, TokenThatSignsWronglyIsRefused) {
  hsm_.token.SetLies({.wrong_signatures = true});
  EXPECT_THAT(RunSelfTest(*hsm_.pool, {}).status(), FailsWith(Reason::kSignatureSelfCheckFailed));
  EXPECT_EQ(hsm_.token.SessionObjects(), 0u);
}

TEST_F(SelfTestTest, MissingMechanismIsAConfigurationFault) {
  hsm_.token.FailAlways("C_GenerateKeyPair", "CKR_MECHANISM_INVALID");
  EXPECT_THAT(RunSelfTest(*hsm_.pool, {}).status(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SelfTestTest, TokenThatIsAwayIsUnavailableNotUnfit) {
  hsm_.token.SetGone(true);
  EXPECT_THAT(RunSelfTest(*hsm_.pool, {}).status(), FailsWith(Reason::kHsmUnavailable));
}

TEST_F(SelfTestTest, BusyPoolEndsItAtTheDeadline) {
  ASSERT_OK_AND_ASSIGN(const SessionLease first, hsm_.Acquire());
  ASSERT_OK_AND_ASSIGN(const SessionLease second, hsm_.Acquire());
  const SelfTestReport report =
      RunSelfTest(*hsm_.pool, {.deadline = hsm_.clock.Now() + absl::Milliseconds(5)});
  EXPECT_THAT(report.status(), FailsWith(Reason::kDeadlineTooShort));
}

}  // namespace
}  // namespace enkrat::hsm

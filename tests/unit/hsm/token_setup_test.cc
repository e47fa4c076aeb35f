#include "hsm/token_setup.h"

#include <gtest/gtest.h>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeCryptoki;
using ::enkrat::testing::IsOk;

TokenSetup Ceremony(const std::string& label = "issuing") {
  return {.label = label,
          .so_pin = Secret(absl::string_view("so-secret")),
          .user_pin = Secret(absl::string_view("user-secret"))};
}

class TokenSetupTest : public ::testing::Test {
 protected:
  FakeHsm hsm_{FakeCryptoki::Options{.initialized = false}};
};

TEST_F(TokenSetupTest, BlankTokenIsReadyForThePoolAfterwards) {
  ASSERT_OK_AND_ASSIGN(const TokenInfo token, InitializeToken(*hsm_.module, Ceremony()));
  EXPECT_EQ(token.label, "issuing");
  EXPECT_TRUE(token.initialized);
  EXPECT_TRUE(token.user_pin_initialized);
  SessionPool::Options options = hsm_.PoolOptions();
  options.token_label = "issuing";
  options.pin = Secret(absl::string_view("user-secret"));
  EXPECT_THAT(SessionPool::Create(*hsm_.module, std::move(options)), IsOk());
}

TEST_F(TokenSetupTest, ExistingLabelIsNeverOverwritten) {
  ASSERT_THAT(InitializeToken(*hsm_.module, Ceremony()), IsOk());
  EXPECT_THAT(InitializeToken(*hsm_.module, Ceremony()), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.CallCount("C_InitToken"), 1);
}

TEST_F(TokenSetupTest, InitialisedTokenOfAnotherLabelIsNotTaken) {
  ASSERT_THAT(InitializeToken(*hsm_.module, Ceremony()), IsOk());
  EXPECT_THAT(InitializeToken(*hsm_.module, Ceremony("root")),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.CallCount("C_InitToken"), 1);
}

TEST_F(TokenSetupTest, ImpossibleLabelsAndPinsAreRefused) {
  for (const std::string& label :
       {std::string(), std::string(33, 'x'), std::string("ends in space "),
        std::string("t\xc3\xa9"), std::string("a\nb")}) {
    EXPECT_THAT(InitializeToken(*hsm_.module, Ceremony(label)),
                FailsWith(Reason::kConfigurationInvalid))
        << label;
  }
  TokenSetup setup = Ceremony();
  setup.user_pin = Secret();
  EXPECT_THAT(InitializeToken(*hsm_.module, setup), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(hsm_.token.CallCount("C_InitToken"), 0);
}

TEST_F(TokenSetupTest, OpenPoolForbidsIt) {
  FakeHsm& hsm = hsm_;
  ASSERT_THAT(InitializeToken(*hsm.module, Ceremony()), IsOk());
  SessionPool::Options options = hsm.PoolOptions();
  options.token_label = "issuing";
  options.pin = Secret(absl::string_view("user-secret"));
  ASSERT_OK_AND_ASSIGN(const auto pool, SessionPool::Create(*hsm.module, std::move(options)));
  EXPECT_THAT(InitializeToken(*hsm.module, Ceremony("root")), FailsWith(Reason::kInternal));
}

TEST(TokenSetupFault, FailureAtEachStepIsReportedAndLeavesNoSession) {
  for (const char* call :
       {"C_GetSlotList", "C_InitToken", "C_Initialize", "C_OpenSession", "C_Login", "C_InitPIN"}) {
    FakeHsm hsm(FakeCryptoki::Options{.initialized = false});
    hsm.token.FailNth(call, 1, "CKR_DEVICE_ERROR");
    EXPECT_THAT(InitializeToken(*hsm.module, Ceremony()), FailsWith(Reason::kHsmUnavailable))
        << call;
    EXPECT_EQ(hsm.token.OpenSessions(), 0u) << call;
  }
}

TEST_F(TokenSetupTest, FailureToSetTheUserPinIsReported) {
  hsm_.token.FailNth("C_InitPIN", 1, "CKR_PIN_LEN_RANGE");
  EXPECT_THAT(InitializeToken(*hsm_.module, Ceremony()), FailsWith(Reason::kPinRejected));
  EXPECT_EQ(hsm_.token.OpenSessions(), 0u);
}

}  // namespace
}  // namespace enkrat::hsm

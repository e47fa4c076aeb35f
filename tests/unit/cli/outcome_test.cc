#include "cli/outcome.h"

#include <gtest/gtest.h>

#include "common/reason.h"

namespace enkrat::cli {
namespace {

TEST(OutcomeTest, SuccessIsZero) { EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0); }

TEST(OutcomeTest, WrongUseIsSixtyFour) { EXPECT_EQ(ExitCodeFor(UsageError("x")), 64); }

TEST(OutcomeTest, UsageErrorStaysOneWithContext) {
  EXPECT_EQ(ExitCodeFor(WithContext(UsageError("x"), "sign")), 64);
}

TEST(OutcomeTest, NegativeVerdictIsOne) {
  EXPECT_EQ(ExitCodeFor(NegativeVerdict()), 1);
  EXPECT_TRUE(IsVerdict(NegativeVerdict()));
  EXPECT_TRUE(IsVerdict(UndecidedVerdict()));
  EXPECT_EQ(ExitCodeFor(UndecidedVerdict()), 3);
  EXPECT_FALSE(IsVerdict(UsageError("x")));
  EXPECT_FALSE(IsVerdict(absl::OkStatus()));
}

struct Case {
  Reason reason;
  int exit_code;
};

class ReasonExitCodeTest : public ::testing::TestWithParam<Case> {};

TEST_P(ReasonExitCodeTest, ReasonDecidesTheExitCode) {
  EXPECT_EQ(ExitCodeFor(MakeError(GetParam().reason, "x")), GetParam().exit_code);
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, ReasonExitCodeTest,
    ::testing::Values(Case{Reason::kRequestMalformed, 1}, Case{Reason::kDigestUnsupported, 1},
                      Case{Reason::kLimitExceeded, 1}, Case{Reason::kAssertionRejected, 1},
                      Case{Reason::kLevelOfAssuranceTooLow, 1},
                      Case{Reason::kRelyingPartyUnknown, 1}, Case{Reason::kNotPermitted, 1},
                      Case{Reason::kRequestIdReused, 1}, Case{Reason::kNotFound, 1},
                      Case{Reason::kDeadlineTooShort, 1}, Case{Reason::kSessionAbandoned, 1},
                      Case{Reason::kSignatureSelfCheckFailed, 1}, Case{Reason::kInternal, 1},
                      Case{Reason::kOverloaded, 2}, Case{Reason::kRateLimited, 2},
                      Case{Reason::kHsmUnavailable, 2}, Case{Reason::kIdpKeysUnavailable, 2},
                      Case{Reason::kStoreUnavailable, 2}, Case{Reason::kTimestampUnavailable, 2},
                      Case{Reason::kConfigurationInvalid, 2}, Case{Reason::kPinRejected, 2}));

TEST(OutcomeTest, ServiceThatDoesNotAnswerIsTwo) {
  EXPECT_EQ(ExitCodeFor(UnavailableError("x")), 2);
  EXPECT_EQ(ExitCodeFor(absl::DeadlineExceededError("x")), 2);
}

}  // namespace
}  // namespace enkrat::cli

#include "common/reason.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;

TEST(ReasonTest, ContextKeepsReasonFieldAndSpending) {
  const absl::Status born = WithAssertionSpent(
      WithField(MakeError(Reason::kLimitExceeded, "too many"), "documents[3].digest"));
  const absl::Status seen = WithContext(WithContext(born, "inner"), "outer");
  EXPECT_THAT(seen, FailsWith(Reason::kLimitExceeded));
  EXPECT_EQ(FieldOf(seen), "documents[3].digest");
  EXPECT_TRUE(AssertionSpent(seen));
  EXPECT_EQ(seen.message(), "outer: inner: too many");
}

TEST(ReasonTest, ErrorWithoutReasonCountsAsInternal) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("from a library")), Reason::kInternal);
}

TEST(ReasonTest, EveryNameLeadsBackToItsReason) {
  for (int i = 0; i <= static_cast<int>(Reason::kSignatureSelfCheckFailed); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(ReasonFromName(ReasonName(reason)), reason) << i;
    EXPECT_EQ(ReasonOf(MakeError(reason, "")), reason) << i;
  }
  EXPECT_EQ(ReasonFromName("NO_SUCH_REASON"), std::nullopt);
}

TEST(ReasonTest, RetryDelaySurvivesContext) {
  const absl::Status status =
      WithContext(WithRetryDelay(MakeError(Reason::kOverloaded, "full"), absl::Seconds(2)), "sign");
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(2));
  EXPECT_EQ(RetryDelayOf(MakeError(Reason::kOverloaded, "full")), std::nullopt);
}

}  // namespace
}  // namespace enkrat

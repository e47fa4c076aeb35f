#include "cli/error_text.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/outcome.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ErrorTextTest, LineNamesReasonFieldDelayAndHint) {
  const std::string line = ErrorLine(WithRetryDelay(
      WithField(MakeError(Reason::kOverloaded, "The service is busy."), "documents[3]"),
      absl::Milliseconds(250)));
  EXPECT_THAT(line, StartsWith("error: OVERLOADED: The service is busy."));
  EXPECT_THAT(line, HasSubstr("[documents[3]]"));
  EXPECT_THAT(line, HasSubstr("[retry after 250 ms]"));
  EXPECT_THAT(line, HasSubstr("(hint: wait"));
}

TEST(ErrorTextTest, EveryReasonButCancelledHasAHint) {
  for (int i = 0; i <= static_cast<int>(Reason::kSignatureSelfCheckFailed); ++i) {
    const auto reason = static_cast<Reason>(i);
    if (reason == Reason::kCancelled) continue;
    EXPECT_NE(HintFor(MakeError(reason, "x")), "") << ReasonName(reason);
  }
}

TEST(ErrorTextTest, UsageErrorHasNoReasonName) {
  EXPECT_EQ(ErrorLine(UsageError("--key is p256")), "error: --key is p256");
}

TEST(ErrorTextTest, SpentAssertionAsksForANewOneWhateverTheReason) {
  for (const absl::Status& status :
       {MakeError(Reason::kHsmUnavailable, "x"), MakeError(Reason::kDeadlineTooShort, "x"),
        MakeError(Reason::kSessionAbandoned, "x"), MakeError(Reason::kInternal, "x"),
        absl::AbortedError("x")}) {
    EXPECT_THAT(HintFor(WithAssertionSpent(status)),
                HasSubstr("start over with a new assertion and a new --request-id"))
        << status;
  }
}

TEST(ErrorTextTest, SpentAssertionIsNotToBeTriedAgain) {
  EXPECT_THAT(HintFor(WithAssertionSpent(MakeError(Reason::kHsmUnavailable, "x"))),
              Not(HasSubstr("try again")));
}

TEST(ErrorTextTest, ControlCharactersOfTheServiceDoNotReachTheTerminal) {
  const std::string line = ErrorLine(absl::UnavailableError("a\x1b[2Jb\nc\x7f"));
  EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_EQ(line, "error: a?[2Jb?c?");
}

TEST(ErrorTextTest, RequestIdIsNamedWithTheWayToAskForIt) {
  const absl::Status status = WithRequestId(UnavailableError("did not answer"), "the-id");
  EXPECT_EQ(ErrorLine(status),
            "error: did not answer [request_id the-id] (hint: `enkrat session get the-id` says "
            "what became of it and fetches the signatures)");
  EXPECT_EQ(nlohmann::json::parse(ErrorJson(status))["error"]["request_id"], "the-id");
}

TEST(ErrorTextTest, RefusalOfTheServiceNamesTheRequestIdWithItsOwnHint) {
  const std::string line =
      ErrorLine(WithRequestId(MakeError(Reason::kAssertionRejected, "No."), "the-id"));
  EXPECT_THAT(line, HasSubstr("[request_id the-id]"));
  EXPECT_THAT(line, Not(HasSubstr("session get")));
}

TEST(ErrorTextTest, JsonHoldsTheSameFacts) {
  const auto json = nlohmann::json::parse(ErrorJson(
      WithRetryDelay(MakeError(Reason::kRateLimited, "Slow down."), absl::Seconds(2))))["error"];
  EXPECT_EQ(json["reason"], "RATE_LIMITED");
  EXPECT_EQ(json["message"], "Slow down.");
  EXPECT_EQ(json["retry_after_ms"], 2000);
  EXPECT_EQ(json["exit_code"], 2);
  EXPECT_TRUE(json.contains("hint"));
  EXPECT_FALSE(json.contains("field"));
}

TEST(ErrorTextTest, JsonOfAMessageThatIsNotUtf8IsStillJson) {
  EXPECT_FALSE(nlohmann::json::parse(ErrorJson(absl::UnknownError("\xff\xfe"))).is_discarded());
}

}  // namespace
}  // namespace enkrat::cli

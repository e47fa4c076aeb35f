#include "server/health_probe.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;
using ::testing::Not;

class HealthProbeTest : public ::testing::Test {
 protected:
  void AskAfter(absl::Duration pause, absl::Status status) {
    clock_.Advance(pause);
    status_ = std::move(status);
    probe_.Ask();
  }

  FakeClock clock_;
  absl::Status status_;
  HealthProbe probe_{{.check = [this] { return status_; },
                      .interval = absl::Seconds(5),
                      .longest_busy = absl::Minutes(1),
                      .clock = &clock_}};
};

TEST_F(HealthProbeTest, NothingIsHealthyBeforeItsFirstCheck) {
  EXPECT_THAT(probe_.Verdict(), Not(IsOk()));
}

TEST_F(HealthProbeTest, LastResultCounts) {
  AskAfter(absl::Seconds(5), absl::OkStatus());
  EXPECT_THAT(probe_.Verdict(), IsOk());
  AskAfter(absl::Seconds(5), MakeError(Reason::kHsmUnavailable, "away"));
  EXPECT_THAT(probe_.Verdict(), FailsWith(Reason::kHsmUnavailable));
  AskAfter(absl::Seconds(5), absl::OkStatus());
  EXPECT_THAT(probe_.Verdict(), IsOk());
}

TEST_F(HealthProbeTest, CheckThatHangsIsIllAfterThreeIntervals) {
  AskAfter(absl::Seconds(5), absl::OkStatus());
  clock_.Advance(absl::Seconds(15));
  EXPECT_THAT(probe_.Verdict(), IsOk());
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(probe_.Verdict(), FailsWith(Reason::kInternal));
}

TEST_F(HealthProbeTest, BusyIsNotIllForAMinute) {
  AskAfter(absl::Seconds(5), absl::OkStatus());
  for (int i = 0; i < 12; ++i) {
    AskAfter(absl::Seconds(5), MakeError(Reason::kDeadlineTooShort, "no session"));
    EXPECT_THAT(probe_.Verdict(), IsOk()) << i;
  }
  AskAfter(absl::Seconds(5), MakeError(Reason::kDeadlineTooShort, "no session"));
  EXPECT_THAT(probe_.Verdict(), FailsWith(Reason::kDeadlineTooShort));
  AskAfter(absl::Seconds(5), absl::OkStatus());
  EXPECT_THAT(probe_.Verdict(), IsOk());
}

}  // namespace
}  // namespace enkrat::server

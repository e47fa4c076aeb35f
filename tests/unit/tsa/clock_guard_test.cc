// Invariant 7: the TSA never issues outside its accuracy, and genTime never goes back.
#include "tsa/clock_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;

class ClockGuardTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  std::unique_ptr<ClockGuard> guard_ = ClockGuard::Create({.clock = &clock_}).value();
};

TEST_F(ClockGuardTest, GenTimeIsNow) {
  EXPECT_EQ(guard_->GenTime().value(), clock_.Now());
  clock_.Advance(absl::Hours(5));
  EXPECT_EQ(guard_->GenTime().value(), clock_.Now());
}

TEST_F(ClockGuardTest, StepForwardBeyondTheAccuracyIsRefused) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Milliseconds(1001));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardTest, StepBackBeyondTheAccuracyIsRefused) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(-absl::Milliseconds(1001));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardTest, StepOfExactlyTheAccuracyIsLetPass) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Seconds(1));
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, SmallStepsAreAddedUp) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Milliseconds(600));
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Milliseconds(600));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardTest, StepBackWithinTheAccuracyDoesNotTakeGenTimeBack) {
  const absl::Time first = guard_->GenTime().value();
  clock_.Step(-absl::Milliseconds(500));
  EXPECT_EQ(guard_->GenTime().value(), first);
}

TEST_F(ClockGuardTest, StepIsBelievedAfterAMinuteOfAgreement) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(59));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(guard_->GenTime().value(), clock_.Now());
}

TEST_F(ClockGuardTest, SecondStepStartsTheMinuteAgain) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(40));
  clock_.Step(-absl::Minutes(30));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(40));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(20));
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, StepThatIsUndoneStillCostsAMinute) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Step(-absl::Hours(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, ClockStepIntoThePastIsRefusedUntilItHasCaughtUp) {
  const absl::Time first = guard_->GenTime().value();
  clock_.Step(-absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(2));  // believed by now, but behind what was issued
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(58));
  EXPECT_GE(guard_->GenTime().value(), first);
}

TEST_F(ClockGuardTest, GenTimeNeverGoesBackAcrossThreads) {
  std::atomic<int64_t> highest{0};
  std::atomic<int> backwards{0};
  std::atomic<int> answers{0};
  const auto ask = [&] {
    for (int i = 0; i < 2000; ++i) {
      const int64_t before = highest.load();
      const auto gen_time = guard_->GenTime();
      if (!gen_time.ok()) continue;
      const int64_t now = absl::ToUnixMicros(*gen_time);
      if (now < before) ++backwards;
      int64_t seen = highest.load();
      while (seen < now && !highest.compare_exchange_weak(seen, now)) {
      }
      ++answers;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
  threads.emplace_back([&] {
    for (int i = 0; i < 2000; ++i) {
      clock_.Advance(absl::Microseconds(50));
      clock_.Step(absl::Milliseconds(i % 2 == 0 ? -200 : 200));
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(backwards, 0);
  EXPECT_GT(answers, 0);
}

TEST(ClockGuardSynchronisation, UnsynchronisedClockIsRefused) {
  FakeClock clock;
  auto guard = ClockGuard::Create({.require_synchronised = true,
                                   .clock_error = [] { return std::optional<absl::Duration>(); },
                                   .clock = &clock})
                   .value();
  EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST(ClockGuardSynchronisation, ErrorIsHeldAgainstTheAccuracy) {
  FakeClock clock;
  absl::Duration error = absl::Milliseconds(100);
  auto guard = ClockGuard::Create({.accuracy = absl::Milliseconds(100),
                                   .require_synchronised = true,
                                   .clock_error = [&] { return std::make_optional(error); },
                                   .clock = &clock})
                   .value();
  EXPECT_THAT(guard->GenTime(), IsOk());
  error = absl::Milliseconds(101);
  EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST(ClockGuardSynchronisation, SynchronisationThatIsNotRequiredIsNotAskedFor) {
  FakeClock clock;
  auto guard = ClockGuard::Create(
                   {.clock_error = [] { return std::optional<absl::Duration>(); }, .clock = &clock})
                   .value();
  EXPECT_THAT(guard->GenTime(), IsOk());
}

TEST(ClockGuardSynchronisation, KernelAnswersWithoutPrivileges) {
  const std::optional<absl::Duration> error = KernelClockError()();
  if (error) {
    EXPECT_GE(*error, absl::ZeroDuration());
  }
}

// A clock whose readings lie far apart, as on a machine that was paused between them.
class SlowClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'800'000'000); }
  absl::Duration SinceBoot() const override { return since_boot_ += absl::Seconds(1); }

 private:
  mutable absl::Duration since_boot_;
};

TEST(ClockGuardReading, ClocksThatCannotBeReadTogetherAreRefused) {
  SlowClock clock;
  auto guard = ClockGuard::Create({.clock = &clock}).value();
  EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST(ClockGuardOptions, AccuracyOutsideTheStandardIsRefused) {
  FakeClock clock;
  EXPECT_THAT(ClockGuard::Create({.accuracy = absl::ZeroDuration(), .clock = &clock}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ClockGuard::Create({.accuracy = absl::Milliseconds(1001), .clock = &clock}),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(ClockGuardOptions, MissingPartsAreRefused) {
  FakeClock clock;
  EXPECT_THAT(ClockGuard::Create({}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ClockGuard::Create({.require_synchronised = true, .clock = &clock}),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::tsa

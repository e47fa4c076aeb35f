// Invariant 7: the TSA never issues outside its accuracy, and genTime never goes back.
#include "tsa/clock_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
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
  void PollTimes(int times) {
    for (int i = 0; i < times; ++i) {
      clock_.Advance(absl::Seconds(10));
      guard_->Poll();
    }
  }

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

TEST_F(ClockGuardTest, StepIsBelievedAfterThreeGoodPolls) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  PollTimes(2);
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  PollTimes(1);
  EXPECT_EQ(guard_->GenTime().value(), clock_.Now());
}

TEST_F(ClockGuardTest, TimeAloneDoesNotMakeAStepBelieved) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Step(absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardTest, SecondStepStartsTheCountAgain) {
  clock_.Step(absl::Hours(1));
  guard_->Look();
  PollTimes(2);
  clock_.Step(-absl::Minutes(30));
  PollTimes(1);  // sees the second step
  PollTimes(2);
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  PollTimes(1);
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, StepThatIsUndoneStillCostsGoodPolls) {
  clock_.Step(absl::Hours(1));
  guard_->Look();
  clock_.Step(-absl::Hours(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  PollTimes(3);
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, StepWhileNobodyAsksIsSeenByALook) {
  clock_.Step(absl::Hours(1));
  EXPECT_THAT(guard_->state().available, IsOk());
  guard_->Look();
  EXPECT_THAT(guard_->state().available, FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardTest, ClockStepIntoThePastIsRefusedUntilItHasCaughtUp) {
  const absl::Time first = guard_->GenTime().value();
  clock_.Step(-absl::Hours(1));
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  PollTimes(10);  // steady by now, but behind what was issued
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(59));
  PollTimes(3);
  EXPECT_GE(guard_->GenTime().value(), first);
}

TEST_F(ClockGuardTest, SuspendedMachineThatWakesWithTheRightTimeIsTrusted) {
  ASSERT_THAT(guard_->GenTime(), IsOk());
  clock_.Advance(absl::Hours(8));  // the clock since boot counts sleep
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardTest, EachChangeIsToldOnceWithItsTime) {
  guard_->TakeEvents();
  const absl::Time at = clock_.Now() + absl::Hours(1);
  clock_.Step(absl::Hours(1));
  guard_->Look();
  guard_->Look();
  PollTimes(3);
  const std::vector<ClockEvent> events = guard_->TakeEvents();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, ClockEventKind::kStepped);
  EXPECT_EQ(events[0].at, at);
  EXPECT_EQ(events[1].kind, ClockEventKind::kLost);
  EXPECT_EQ(events[2].kind, ClockEventKind::kRegained);
  EXPECT_THAT(guard_->TakeEvents(), ::testing::IsEmpty());
}

TEST_F(ClockGuardTest, EventsThatNobodyTakesAreBounded) {
  for (int i = 0; i < 1000; ++i) {
    clock_.Step(absl::Hours(1));
    guard_->Look();
  }
  EXPECT_EQ(guard_->TakeEvents().size(), 64u);
}

TEST_F(ClockGuardTest, NothingIsIssuedAfterTheEnd) {
  ASSERT_THAT(guard_->Settle(), IsOk());
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
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

// A kernel that says what the test has set.
class ClockGuardKernelTest : public ::testing::Test {
 protected:
  std::unique_ptr<ClockGuard> Make(absl::Duration accuracy = absl::Milliseconds(100)) {
    return ClockGuard::Create({.accuracy = accuracy,
                               .require_synchronised = true,
                               .kernel = [this] { return kernel_; },
                               .clock = &clock_})
        .value();
  }

  FakeClock clock_;
  std::optional<KernelClock> kernel_ = KernelClock{.synchronised = true};
};

TEST_F(ClockGuardKernelTest, UnsynchronisedClockIsRefused) {
  kernel_->synchronised = false;
  EXPECT_THAT(Make()->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardKernelTest, KernelThatDoesNotAnswerIsRefused) {
  kernel_.reset();
  EXPECT_THAT(Make()->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardKernelTest, LargestErrorIsHeldAgainstTheAccuracy) {
  const auto guard = Make();
  kernel_->max_error = absl::Milliseconds(100);
  EXPECT_THAT(guard->GenTime(), IsOk());
  kernel_->max_error = absl::Milliseconds(101);
  EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardKernelTest, OffsetCountsOnTopOfTheErrorInEitherDirection) {
  for (const int sign : {1, -1}) {
    kernel_ = KernelClock{.synchronised = true, .max_error = absl::Milliseconds(60)};
    const auto guard = Make();
    kernel_->offset = sign * absl::Milliseconds(40);
    EXPECT_THAT(guard->GenTime(), IsOk());
    kernel_->offset = sign * absl::Milliseconds(41);
    EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(ClockGuardKernelTest, LossOfSynchronisationCostsGoodPollsAfterItIsBack) {
  const auto guard = Make();
  ASSERT_THAT(guard->GenTime(), IsOk());
  kernel_->synchronised = false;
  ASSERT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  kernel_->synchronised = true;
  ASSERT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  guard->Poll();
  guard->Poll();
  ASSERT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  guard->Poll();
  EXPECT_THAT(guard->GenTime(), IsOk());
}

TEST_F(ClockGuardKernelTest, LossBetweenGoodPollsStartsTheCountAgain) {
  const auto guard = Make();
  kernel_->synchronised = false;
  guard->Look();
  kernel_->synchronised = true;
  guard->Poll();
  guard->Poll();
  kernel_->synchronised = false;
  guard->Look();
  kernel_->synchronised = true;
  guard->Poll();
  EXPECT_THAT(guard->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardKernelTest, SynchronisationThatIsNotRequiredIsNotHeldAgainstIt) {
  kernel_->synchronised = false;
  auto guard = ClockGuard::Create({.kernel = [this] { return kernel_; }, .clock = &clock_}).value();
  EXPECT_THAT(guard->GenTime(), IsOk());
}

// Servers that say what the test has set.
class ClockGuardNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    guard_ = ClockGuard::Create({.accuracy = absl::Milliseconds(500),
                                 .network = [this] { return network_; },
                                 .longest_without_poll = absl::Minutes(5),
                                 .clock = &clock_})
                 .value();
  }
  void Silence() {
    network_ = MakeError(Reason::kTimestampUnavailable, "of the NTP servers 0 answered");
  }

  FakeClock clock_;
  absl::StatusOr<NetworkTime> network_ =
      NetworkTime{.offset = absl::Milliseconds(3), .root_distance = absl::Milliseconds(20)};
  std::unique_ptr<ClockGuard> guard_;
};

TEST_F(ClockGuardNetworkTest, NothingIsIssuedBeforeTheFirstPoll) {
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  guard_->Look();
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardNetworkTest, OneGoodPollIsEnoughAtTheStart) {
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardNetworkTest, SilentServersAtTheStartAreRefused) {
  Silence();
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardNetworkTest, OffsetAndDistanceTogetherAreHeldAgainstTheAccuracy) {
  for (const int sign : {1, -1}) {
    SetUp();
    network_ = NetworkTime{.offset = sign * absl::Milliseconds(400),
                           .root_distance = absl::Milliseconds(100)};
    guard_->Poll();
    EXPECT_THAT(guard_->GenTime(), IsOk());
    network_->root_distance = absl::Milliseconds(101);
    guard_->Poll();
    EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  }
}

TEST_F(ClockGuardNetworkTest, ClockThatDriftsAwayIsRefusedAndComesBackAfterThreeGoodPolls) {
  guard_->Poll();
  network_->offset = absl::Seconds(2);
  guard_->Poll();
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  network_->offset = absl::ZeroDuration();
  guard_->Poll();
  guard_->Poll();
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardNetworkTest, SilentServersAreBorneUntilTheLastGoodPollIsTooOld) {
  guard_->Poll();
  Silence();
  clock_.Advance(absl::Minutes(5));
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), IsOk());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardNetworkTest, PollsThatAreNoLongerMadeEndTheIssuing) {
  guard_->Poll();
  clock_.Advance(absl::Minutes(6));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardNetworkTest, SilentPollBetweenGoodOnesStartsTheCountAgain) {
  guard_->Poll();
  const NetworkTime good = *network_;
  clock_.Step(absl::Hours(1));
  guard_->Look();
  guard_->Poll();
  guard_->Poll();
  Silence();
  guard_->Poll();
  network_ = good;
  guard_->Poll();
  guard_->Poll();
  ASSERT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardNetworkTest, AgeOfThePollCountsAsDrift) {
  network_ = NetworkTime{.offset = absl::ZeroDuration(), .root_distance = absl::Milliseconds(499)};
  guard_->Poll();
  EXPECT_THAT(guard_->GenTime(), IsOk());
  clock_.Advance(absl::Minutes(4));  // 3.6 ms at 15 ppm
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

// EN 319 421 TIS-7.7.2-07 to -09.
class ClockGuardLeapTest : public ::testing::Test {
 protected:
  void At(absl::Duration before_midnight) {
    const absl::Time wanted = midnight_ - before_midnight;
    clock_.Advance(wanted - clock_.Now());
    guard_->Look();
  }

  const absl::Time midnight_ = absl::FromUnixSeconds(1'800'057'600 / 86400 * 86400);
  FakeClock clock_{midnight_ - absl::Hours(1)};
  KernelClock kernel_{.synchronised = true, .leap = LeapState::kInsertAnnounced};
  std::unique_ptr<ClockGuard> guard_ = ClockGuard::Create({.accuracy = absl::Milliseconds(500),
                                                           .kernel = [this] { return kernel_; },
                                                           .clock = &clock_})
                                           .value();
};

TEST_F(ClockGuardLeapTest, NothingIsIssuedAroundTheLeapSecondAndThenAtOnce) {
  At(absl::Seconds(2));
  EXPECT_THAT(guard_->GenTime(), IsOk());
  At(absl::Milliseconds(1050));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  At(absl::ZeroDuration());
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Step(-absl::Seconds(1));  // 23:59:60
  kernel_.leap = LeapState::kInProgress;
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Milliseconds(1200));
  kernel_.leap = LeapState::kDone;
  EXPECT_EQ(guard_->GenTime().value(), midnight_ + absl::Milliseconds(200));
}

TEST_F(ClockGuardLeapTest, ExactTimeOfTheChangeIsTold) {
  At(absl::ZeroDuration());
  clock_.Step(-absl::Seconds(1));
  kernel_.leap = LeapState::kInProgress;
  guard_->Look();
  const std::vector<ClockEvent> events = guard_->TakeEvents();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, ClockEventKind::kLeapAnnounced);
  EXPECT_EQ(events.back().kind, ClockEventKind::kLeapSecond);
  EXPECT_EQ(events.back().at, midnight_ - absl::Seconds(1));
}

TEST_F(ClockGuardLeapTest, LeapSecondThatNobodySawHappenIsNoStep) {
  At(absl::Minutes(10));
  clock_.Advance(absl::Minutes(10) + absl::Seconds(5));
  clock_.Step(-absl::Seconds(1));
  kernel_.leap = LeapState::kDone;
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardLeapTest, DeletedSecondIsNoStep) {
  kernel_.leap = LeapState::kDeleteAnnounced;
  guard_ = ClockGuard::Create({.accuracy = absl::Milliseconds(500),
                               .kernel = [this] { return kernel_; },
                               .clock = &clock_})
               .value();
  At(absl::Seconds(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Step(absl::Seconds(1));
  clock_.Advance(absl::Milliseconds(200));
  kernel_.leap = LeapState::kDone;
  EXPECT_THAT(guard_->GenTime(), IsOk());
}

TEST_F(ClockGuardLeapTest, StepOfASecondWithoutALeapSecondIsAStep) {
  kernel_.leap = LeapState::kNone;
  guard_->Look();  // withdrawn
  At(absl::Minutes(30));
  clock_.Step(-absl::Seconds(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardLeapTest, StepOfASecondLongBeforeTheLeapSecondIsAStep) {
  At(absl::Minutes(30));
  clock_.Step(-absl::Seconds(1));
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardLeapTest, OtherStepAtMidnightIsAStep) {
  At(absl::ZeroDuration());
  clock_.Step(-absl::Milliseconds(1100));
  guard_->Look();
  EXPECT_THAT(guard_->state().available, FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Seconds(3));
  kernel_.leap = LeapState::kDone;
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardLeapTest, LeapSecondCountsOnce) {
  At(absl::ZeroDuration());
  clock_.Step(-absl::Seconds(1));
  kernel_.leap = LeapState::kInProgress;
  guard_->Look();
  clock_.Advance(absl::Seconds(2));
  clock_.Step(-absl::Seconds(1));
  kernel_.leap = LeapState::kDone;
  EXPECT_THAT(guard_->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(ClockGuardLeapTest, LeapSecondThatIsNotMadeIsToldAndNothingIsLost) {
  At(absl::Minutes(1));
  clock_.Advance(absl::Minutes(1) + absl::Seconds(11));
  EXPECT_THAT(guard_->GenTime(), IsOk());
  EXPECT_EQ(guard_->TakeEvents().back().kind, ClockEventKind::kLeapMissed);
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

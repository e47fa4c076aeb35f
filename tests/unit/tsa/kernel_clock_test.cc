// What adjtimex answers, read as RFC 1589 means it.
#include "tsa/kernel_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/timex.h>

namespace enkrat::tsa {
namespace {

TEST(KernelClockTest, ErrorsAreMicroseconds) {
  timex answer{};
  answer.maxerror = 1500;
  answer.esterror = 20;
  answer.offset = -700;
  const KernelClock clock = KernelClockFrom(answer, TIME_OK);
  EXPECT_TRUE(clock.synchronised);
  EXPECT_EQ(clock.leap, LeapState::kNone);
  EXPECT_EQ(clock.max_error, absl::Microseconds(1500));
  EXPECT_EQ(clock.estimated_error, absl::Microseconds(20));
  EXPECT_EQ(clock.offset, absl::Microseconds(-700));
}

TEST(KernelClockTest, OffsetIsNanosecondsWhenTheKernelSaysSo) {
  timex answer{};
  answer.status = STA_NANO;
  answer.offset = -700;
  EXPECT_EQ(KernelClockFrom(answer, TIME_OK).offset, absl::Nanoseconds(-700));
}

TEST(KernelClockTest, EitherSignOfLostSynchronisationCounts) {
  timex answer{};
  EXPECT_FALSE(KernelClockFrom(answer, TIME_ERROR).synchronised);
  answer.status = STA_UNSYNC;
  EXPECT_FALSE(KernelClockFrom(answer, TIME_OK).synchronised);
}

TEST(KernelClockTest, LeapStatesAreTold) {
  EXPECT_EQ(KernelClockFrom({}, TIME_INS).leap, LeapState::kInsertAnnounced);
  EXPECT_EQ(KernelClockFrom({}, TIME_DEL).leap, LeapState::kDeleteAnnounced);
  EXPECT_EQ(KernelClockFrom({}, TIME_OOP).leap, LeapState::kInProgress);
  EXPECT_EQ(KernelClockFrom({}, TIME_WAIT).leap, LeapState::kDone);
}

TEST(KernelClockTest, ThisKernelAnswersWithoutPrivileges) {
  const std::optional<KernelClock> clock = SystemKernelClock()();
  ASSERT_TRUE(clock.has_value());
  EXPECT_GE(clock->max_error, absl::ZeroDuration());
}

}  // namespace
}  // namespace enkrat::tsa

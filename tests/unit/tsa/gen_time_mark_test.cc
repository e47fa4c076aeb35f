// Invariant 7 across restarts: nothing is issued that is earlier than what was.
#include "tsa/gen_time_mark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tsa/clock_guard.h"

namespace enkrat::tsa {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::IsOk;

class GenTimeMarkTest : public ::testing::Test {
 protected:
  // A process that has just started.
  std::unique_ptr<ClockGuard> Process() {
    return ClockGuard::Create(
               {.mark = GenTimeMark::Open({.path = path_, .ahead = absl::Seconds(2)}).value(),
                .clock = &clock_})
        .value();
  }
  void Put(absl::string_view text) {
    ASSERT_THAT(WriteFile(path_, AsSpan(text), {.overwrite = true}), IsOk());
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.path() + "/gen-time-mark";
  FakeClock clock_;
};

TEST_F(GenTimeMarkTest, FirstProcessIssuesAtOnce) {
  EXPECT_THAT(Process()->GenTime(), IsOk());
  EXPECT_TRUE(FileExists(path_));
}

TEST_F(GenTimeMarkTest, ProcessAfterAnOrderlyEndIssuesAtOnce) {
  auto first = Process();
  const absl::Time last = first->GenTime().value();
  ASSERT_THAT(first->Settle(), IsOk());
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_GT(Process()->GenTime().value(), last);
}

TEST_F(GenTimeMarkTest, ProcessAfterACrashWaitsForTheMomentThatWasCovered) {
  Process()->GenTime().IgnoreError();
  auto second = Process();
  EXPECT_THAT(second->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Milliseconds(1999));
  EXPECT_THAT(second->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Milliseconds(2));
  EXPECT_THAT(second->GenTime(), IsOk());
}

// A start may find the clock behind the mark when it first looks, and past it when it would wait.
TEST_F(GenTimeMarkTest, NobodyIsRefusedForAMomentThatHasPassed) {
  Process()->GenTime().IgnoreError();
  auto second = Process();
  EXPECT_THAT(second->Available(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Milliseconds(2001));
  EXPECT_THAT(second->state().available, FailsWith(Reason::kTimestampUnavailable));
  EXPECT_THAT(second->Available(), IsOk());
  EXPECT_THAT(second->state().available, IsOk());
}

TEST_F(GenTimeMarkTest, ClockThatWasSetBackBetweenTwoProcessesIssuesNothing) {
  auto first = Process();
  const absl::Time last = first->GenTime().value();
  ASSERT_THAT(first->Settle(), IsOk());
  clock_.Step(-absl::Hours(1));
  auto second = Process();
  EXPECT_THAT(second->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(59));
  EXPECT_THAT(second->GenTime(), FailsWith(Reason::kTimestampUnavailable));
  clock_.Advance(absl::Minutes(2));
  EXPECT_GE(second->GenTime().value(), last);
}

TEST_F(GenTimeMarkTest, EveryCrashAtEveryMomentKeepsTheOrder) {
  absl::Time latest = absl::InfinitePast();
  for (int crash = 0; crash < 200; ++crash) {
    auto process = Process();
    for (int i = 0; i < crash % 7; ++i) {
      clock_.Advance(absl::Milliseconds(137));
      const auto gen_time = process->GenTime();
      if (!gen_time.ok()) continue;
      EXPECT_GE(*gen_time, latest);
      latest = *gen_time;
    }
    clock_.Step(absl::Milliseconds(crash % 5 * 500 - 1000));
  }
  EXPECT_GT(latest, absl::InfinitePast());
}

TEST_F(GenTimeMarkTest, MarkIsWrittenOnceForAMoment) {
  auto process = Process();
  ASSERT_THAT(process->GenTime(), IsOk());
  const Bytes first = ReadFile(path_, 1000).value();
  clock_.Advance(absl::Milliseconds(1900));
  ASSERT_THAT(process->GenTime(), IsOk());
  EXPECT_EQ(ReadFile(path_, 1000).value(), first);
  clock_.Advance(absl::Milliseconds(200));
  ASSERT_THAT(process->GenTime(), IsOk());
  EXPECT_NE(ReadFile(path_, 1000).value(), first);
}

TEST_F(GenTimeMarkTest, NothingIsIssuedThatCannotBeCovered) {
  auto process = Process();
  std::filesystem::remove_all(folder_.path());
  EXPECT_THAT(process->GenTime(), FailsWith(Reason::kTimestampUnavailable));
}

TEST_F(GenTimeMarkTest, ProcessThatIssuedNothingLeavesTheMarkAlone) {
  Process()->GenTime().IgnoreError();
  const Bytes before = ReadFile(path_, 1000).value();
  ASSERT_THAT(Process()->Settle(), IsOk());
  EXPECT_EQ(ReadFile(path_, 1000).value(), before);
}

TEST_F(GenTimeMarkTest, FileThatIsNoMarkIsRefused) {
  const std::string title = "enkrat genTime mark 1: no timestamp is later than\n";
  for (const std::string& text :
       {std::string(), std::string("2027-01-01T00:00:00Z\n"), title, title + "soon\n",
        title + "2027-01-01T00:00:00Z", title + "2027-01-01T00:00:00Z\nmore\n",
        title + "2027-01-01T00:00:00+02:00\n", title + "infinite-past\n",
        title + std::string(500, '0')}) {
    Put(text);
    EXPECT_THAT(GenTimeMark::Open({.path = path_}), FailsWith(Reason::kConfigurationInvalid))
        << text;
  }
  Put(title + "2027-01-01T00:00:00.5Z\n");
  EXPECT_EQ(ReadGenTimeMark(path_).value(),
            absl::FromCivil(absl::CivilSecond(2027, 1, 1), absl::UTCTimeZone()) +
                absl::Milliseconds(500));
}

TEST_F(GenTimeMarkTest, OptionsOutOfRangeAreRefused) {
  EXPECT_THAT(GenTimeMark::Open({}), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(GenTimeMark::Open({.path = path_, .ahead = absl::ZeroDuration()}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(GenTimeMark::Open({.path = path_, .ahead = absl::Minutes(2)}),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::tsa

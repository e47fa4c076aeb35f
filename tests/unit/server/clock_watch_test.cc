// The clock's events are read back from the ledger's file (EN 319 421 OVR-7.12-04 to -06).
#include "server/clock_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "store/sqlite_ledger.h"
#include "tests/support/fake_clock.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClockWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    guard_ =
        tsa::ClockGuard::Create({.network = [this] { return network_; }, .clock = &clock_}).value();
    guard_->Poll();
    watch_ = std::make_unique<ClockWatch>(
        ClockWatch::Options{.guard = guard_.get(), .ledger = ledger_.get(), .logger = &logger_});
    watch_->Report();
    begin_ = clock_.Now();
    clock_.Advance(absl::Seconds(10));
  }
  void PollTimes(int times) {
    for (int i = 0; i < times; ++i) {
      clock_.Advance(absl::Seconds(10));
      guard_->Poll();
    }
  }
  // What another process finds in the file.
  std::vector<store::EvidenceRecord> ReadBack() {
    ledger_.reset();
    ledger_ =
        store::SqliteLedger::Create(testing::LedgerOptions(folder_.path() + "/ledger.db")).value();
    return ledger_->Events(begin_ + absl::Seconds(1), 100).value();
  }
  static std::vector<std::string> Steps(const std::vector<store::EvidenceRecord>& events) {
    std::vector<std::string> steps;
    for (const store::EvidenceRecord& event : events) steps.push_back(event.step);
    return steps;
  }

  testing::FakeClock clock_;
  testing::ScratchFolder folder_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  tsa::NetworkTime network_ = {.offset = absl::ZeroDuration(),
                               .root_distance = absl::Milliseconds(20)};
  std::unique_ptr<store::SqliteLedger> ledger_ =
      store::SqliteLedger::Create(testing::LedgerOptions(folder_.path() + "/ledger.db")).value();
  std::unique_ptr<tsa::ClockGuard> guard_;
  std::unique_ptr<ClockWatch> watch_;
  absl::Time begin_;
};

TEST_F(ClockWatchTest, SteadyClockLeavesNothing) {
  PollTimes(5);
  watch_->Report();
  EXPECT_THAT(ReadBack(), IsEmpty());
}

TEST_F(ClockWatchTest, LossOfSynchronisationAndRecalibrationAreThereWithTheirTimes) {
  network_.offset = absl::Seconds(5);
  PollTimes(1);
  const absl::Time lost = clock_.Now();
  watch_->Report();
  network_.offset = absl::Milliseconds(3);
  PollTimes(3);
  const absl::Time regained = clock_.Now();
  watch_->Report();
  const std::vector<store::EvidenceRecord> events = ReadBack();
  ASSERT_THAT(Steps(events), ElementsAre("clock-lost", "clock-regained"));
  EXPECT_EQ(events[0].at, lost);
  EXPECT_EQ(events[1].at, regained);
  const auto facts = nlohmann::json::parse(events[1].facts_json);
  EXPECT_NE(facts["detail"].get<std::string>(), "");
  EXPECT_GT(facts["since_boot_s"].get<double>(),
            nlohmann::json::parse(events[0].facts_json)["since_boot_s"].get<double>());
}

TEST_F(ClockWatchTest, StepOfTheClockIsThere) {
  clock_.Step(absl::Hours(1));
  guard_->Look();
  watch_->Report();
  EXPECT_THAT(Steps(ReadBack()), ::testing::Contains("clock-stepped"));
  EXPECT_NE(log_.str().find("ALARM"), std::string::npos);
}

TEST_F(ClockWatchTest, WhatWasReportedIsNotRecordedAgain) {
  network_.offset = absl::Seconds(5);
  PollTimes(1);
  watch_->Report();
  watch_->Report();
  EXPECT_THAT(Steps(ReadBack()), ElementsAre("clock-lost"));
}

}  // namespace
}  // namespace enkrat::server

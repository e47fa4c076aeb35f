#include "cli/load_report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/outcome.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

using ::testing::HasSubstr;

std::vector<absl::Duration> MillisecondsUpTo(int last) {
  std::vector<absl::Duration> values;
  for (int i = 1; i <= last; ++i) values.push_back(absl::Milliseconds(i));
  return values;
}

TEST(PercentileTest, NearestRankOfAHundredValues) {
  const auto values = MillisecondsUpTo(100);
  EXPECT_EQ(Percentile(values, 0.5), absl::Milliseconds(50));
  EXPECT_EQ(Percentile(values, 0.99), absl::Milliseconds(99));
  EXPECT_EQ(Percentile(values, 1.0), absl::Milliseconds(100));
  EXPECT_EQ(Percentile(values, 0.0), absl::Milliseconds(1));
}

TEST(PercentileTest, FewValuesRoundUp) {
  EXPECT_EQ(Percentile(MillisecondsUpTo(3), 0.5), absl::Milliseconds(2));
  EXPECT_EQ(Percentile(MillisecondsUpTo(3), 0.99), absl::Milliseconds(3));
  EXPECT_EQ(Percentile(MillisecondsUpTo(1), 0.01), absl::Milliseconds(1));
}

TEST(PercentileTest, NoValuesAreZero) { EXPECT_EQ(Percentile({}, 0.99), absl::ZeroDuration()); }

class LoadRecorderTest : public ::testing::Test {
 protected:
  LoadReport Report() {
    LoadReport report;
    report.mode = "closed";
    report.elapsed = absl::Seconds(2);
    report.signatures_per_operation = 3;
    recorder_.AddTo(report);
    return report;
  }

  const absl::Time from_ = absl::FromUnixSeconds(1000);
  LoadRecorder recorder_{from_, from_ + absl::Seconds(2)};
};

TEST_F(LoadRecorderTest, SuccessesAreSortedAndCounted) {
  recorder_.Record(absl::OkStatus(), from_, absl::Milliseconds(5));
  recorder_.Record(absl::OkStatus(), from_, absl::Milliseconds(1));
  const LoadReport report = Report();
  EXPECT_EQ(report.succeeded, 2u);
  EXPECT_EQ(report.latencies.front(), absl::Milliseconds(1));
  EXPECT_EQ(report.OperationsPerSecond(), 1.0);
}

TEST_F(LoadRecorderTest, WhatEndsOutsideTheWindowIsNotCounted) {
  recorder_.Record(absl::OkStatus(), from_ - absl::Nanoseconds(1), absl::Milliseconds(1));
  recorder_.Record(absl::OkStatus(), from_ + absl::Milliseconds(2001), absl::Milliseconds(1));
  recorder_.Record(UnavailableError("x"), from_ + absl::Seconds(3), absl::Milliseconds(1));
  EXPECT_EQ(Report().succeeded, 0u);
  EXPECT_TRUE(Report().errors.empty());
}

TEST_F(LoadRecorderTest, ErrorsAreCountedByReason) {
  recorder_.Record(MakeError(Reason::kOverloaded, "a"), from_, absl::Milliseconds(1));
  recorder_.Record(MakeError(Reason::kOverloaded, "b"), from_, absl::Milliseconds(1));
  recorder_.Record(UnavailableError("c"), from_, absl::Milliseconds(1));
  EXPECT_EQ(Report().errors,
            (std::map<std::string, uint64_t>{{"OVERLOADED", 2}, {"TRANSPORT_UNAVAILABLE", 1}}));
}

TEST_F(LoadRecorderTest, JsonHasTheAgreedNames) {
  recorder_.Record(absl::OkStatus(), from_, absl::Microseconds(1500));
  recorder_.Record(absl::OkStatus(), from_, absl::Milliseconds(4));
  recorder_.Record(MakeError(Reason::kRateLimited, "a"), from_, absl::Milliseconds(1));
  const auto json = nlohmann::json::parse(ReportJson(Report()));
  EXPECT_EQ(json["ops_s"], 1.0);
  EXPECT_EQ(json["signatures_s"], 3.0);
  EXPECT_EQ(json["p50_ms"], 1.5);
  EXPECT_EQ(json["p99_ms"], 4.0);
  EXPECT_EQ(json["errors"]["RATE_LIMITED"], 1);
  EXPECT_EQ(json["verification_failures"], 0);
}

TEST_F(LoadRecorderTest, EmptyRunIsZeroAndNotNan) {
  LoadReport report = Report();
  report.elapsed = absl::ZeroDuration();
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["ops_s"], 0.0);
  EXPECT_THAT(ReportTable(report), HasSubstr("ops/s         0.0"));
}

TEST_F(LoadRecorderTest, RunThatRanDrySaysSo) {
  LoadReport report = Report();
  report.ran_dry = true;
  EXPECT_THAT(ReportTable(report), HasSubstr("out of tokens"));
}

}  // namespace
}  // namespace enkrat::cli

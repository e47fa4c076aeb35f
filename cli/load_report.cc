#include "cli/load_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

double Milliseconds(absl::Duration duration) {
  return std::round(absl::ToDoubleMicroseconds(duration)) / 1000;
}

// Errors without a reason are the transport's: the code says what it was.
std::string ErrorName(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  if (reason == Reason::kInternal && status.code() != absl::StatusCode::kInternal) {
    return absl::StrCat("TRANSPORT_", absl::StatusCodeToString(status.code()));
  }
  return std::string(ReasonName(reason));
}

}  // namespace

absl::Duration Percentile(const std::vector<absl::Duration>& sorted, double fraction) {
  if (sorted.empty()) return absl::ZeroDuration();
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  const auto index = static_cast<size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

double LoadReport::OperationsPerSecond() const {
  if (elapsed <= absl::ZeroDuration()) return 0;
  return static_cast<double>(succeeded) / absl::ToDoubleSeconds(elapsed);
}

std::string ReportJson(const LoadReport& report) {
  const double ops = report.OperationsPerSecond();
  const auto percentile = [&report](double fraction) {
    return Milliseconds(Percentile(report.latencies, fraction));
  };
  const nlohmann::ordered_json json = {
      {"mode", report.mode},
      {"seconds", absl::ToDoubleSeconds(report.elapsed)},
      {"operations", report.succeeded},
      {"ops_s", ops},
      {"signatures_s", ops * static_cast<double>(report.signatures_per_operation)},
      {"p50_ms", percentile(0.5)},
      {"p90_ms", percentile(0.9)},
      {"p99_ms", percentile(0.99)},
      {"max_ms", percentile(1.0)},
      {"errors", report.errors},
      {"verified", report.verified},
      {"verification_failures", report.verification_failures},
      {"ran_dry", report.ran_dry}};
  return json.dump();
}

std::string ReportTable(const LoadReport& report) {
  const double ops = report.OperationsPerSecond();
  std::string table = absl::StrFormat(
      "mode          %s\nseconds       %.1f%s\noperations    %d\nops/s         %.1f\n"
      "signatures/s  %.1f\np50           %.2f ms\np90           %.2f ms\np99           %.2f ms\n"
      "max           %.2f ms\nverified      %d, wrong: %d\n",
      report.mode, absl::ToDoubleSeconds(report.elapsed),
      report.ran_dry ? " (ended early: out of tokens)" : "", report.succeeded, ops,
      ops * static_cast<double>(report.signatures_per_operation),
      Milliseconds(Percentile(report.latencies, 0.5)),
      Milliseconds(Percentile(report.latencies, 0.9)),
      Milliseconds(Percentile(report.latencies, 0.99)),
      Milliseconds(Percentile(report.latencies, 1.0)), report.verified,
      report.verification_failures);
  for (const auto& [name, count] : report.errors) {
    absl::StrAppendFormat(&table, "error         %s: %d\n", name, count);
  }
  return table;
}

void LoadRecorder::Record(const absl::Status& status, absl::Time ended, absl::Duration latency) {
  if (ended < from_ || ended > until_) return;
  const MutexLock lock(mutex_);
  if (status.ok()) {
    latencies_.push_back(latency);
  } else {
    ++errors_[ErrorName(status)];
  }
}

void LoadRecorder::AddTo(LoadReport& report) const {
  const MutexLock lock(mutex_);
  report.succeeded += latencies_.size();
  report.latencies.insert(report.latencies.end(), latencies_.begin(), latencies_.end());
  std::sort(report.latencies.begin(), report.latencies.end());
  for (const auto& [name, count] : errors_) report.errors[name] += count;
}

}  // namespace enkrat::cli

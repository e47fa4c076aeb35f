// What a load run came to: counts, rates, latencies; as a table and as JSON.
#ifndef ENKRAT_CLI_LOAD_REPORT_H_
#define ENKRAT_CLI_LOAD_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace enkrat::cli {

// The smallest value that at least `fraction` (0..1) of all values do not exceed (nearest rank);
// zero for none. `sorted` ascends.
absl::Duration Percentile(const std::vector<absl::Duration>& sorted, double fraction);

struct LoadReport {
  std::string mode = {};
  absl::Duration elapsed;
  uint64_t succeeded = 0;
  uint64_t signatures_per_operation = 1;
  std::vector<absl::Duration> latencies = {};   // ascending, of what succeeded
  std::map<std::string, uint64_t> errors = {};  // by Reason's name
  uint64_t verified = 0;                        // answers checked, all of them good ...
  uint64_t verification_failures = 0;           // ... but these
  bool ran_dry = false;                         // no more tokens: the run ended early

  double OperationsPerSecond() const;
};

// One line: mode, seconds, operations, ops_s, signatures_s, p50_ms, p90_ms, p99_ms, max_ms, errors,
// verified, verification_failures, ran_dry.
std::string ReportJson(const LoadReport& report);
std::string ReportTable(const LoadReport& report);

// Takes what each operation came to. Thread-safe.
class LoadRecorder {
 public:
  // Operations that end before `from` or after `until` are not counted.
  LoadRecorder(absl::Time from, absl::Time until) : from_(from), until_(until) {}

  void Record(const absl::Status& status, absl::Time ended, absl::Duration latency)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Adds the counts and latencies so far.
  void AddTo(LoadReport& report) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const absl::Time from_;
  const absl::Time until_;
  mutable Mutex mutex_;
  std::vector<absl::Duration> latencies_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> errors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_LOAD_REPORT_H_

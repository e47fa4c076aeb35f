// Load on an RFC 3161 unit over HTTP: threads that each ask, wait, and ask again on one connection.
#ifndef ENKRAT_CLI_TIMESTAMP_LOAD_H_
#define ENKRAT_CLI_TIMESTAMP_LOAD_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/load_report.h"

namespace enkrat::cli {

struct TimestampLoadOptions {
  std::string url = {};
  size_t concurrency = 4;
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration length = absl::Seconds(10);
  absl::Duration timeout = absl::Seconds(30);  // of one request
};

// Runs to the end. Every 50th answer is checked against its query, signature included. kInternal if
// there is no HTTP at all.
absl::StatusOr<LoadReport> RunTimestampLoad(const TimestampLoadOptions& options);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_TIMESTAMP_LOAD_H_

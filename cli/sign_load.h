// Load on the signing service. Closed: so many calls at any time, the next when one ends. Open: so
// many calls a second, whether the service keeps up or not; latency counts from when a call was
// due.
#ifndef ENKRAT_CLI_SIGN_LOAD_H_
#define ENKRAT_CLI_SIGN_LOAD_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/client.h"
#include "cli/load_report.h"
#include "cli/progress.h"
#include "cli/request_supply.h"

namespace enkrat::cli {

struct SignLoadOptions {
  bool open_loop = false;
  size_t concurrency = 16;  // closed: calls at any time; open: more than this wait and are errors
  double rate = 100;        // open: calls a second
  absl::Duration warm_up = absl::Seconds(1);  // before anything counts
  absl::Duration length = absl::Seconds(10);
};

// Runs to the end and verifies a sample of the answers. Nothing is owned.
LoadReport RunSignLoad(const SignLoadOptions& options,
                       const std::vector<std::unique_ptr<Client>>& clients, RequestSupply& supply,
                       Progress& progress);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SIGN_LOAD_H_

// Validation by the service instead of here: files streamed to it, its report taken.
#ifndef ENKRAT_CLI_REMOTE_VALIDATION_H_
#define ENKRAT_CLI_REMOTE_VALIDATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/context.h"
#include "validation/report.h"

namespace enkrat::cli {

struct RemoteValidation {
  std::string file;
  std::optional<std::string> content;  // that it is over, if it is detached
  std::optional<absl::Time> at;
};

struct RemoteReport {
  validation::Indication indication = validation::Indication::kIndeterminate;
  std::string json, text;
};

// Unavailable for files that cannot be read; the service's errors (cli/client.h).
absl::StatusOr<RemoteReport> ValidateRemotely(const RemoteValidation& what, const Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_REMOTE_VALIDATION_H_

// Judges the signatures and timestamps of an ASiC container (EN 319 162-1).
#ifndef ENKRAT_VALIDATION_CONTAINER_PROCESS_H_
#define ENKRAT_VALIDATION_CONTAINER_PROCESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

// A report without conclusion. kRequestMalformed, kLimitExceeded. Checks besides those of the
// signature itself: container-manifest.
absl::StatusOr<Report> JudgeContainer(const std::string& path, Run& run);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CONTAINER_PROCESS_H_

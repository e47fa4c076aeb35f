// Judges the signatures and document timestamps of a PDF (EN 319 142-1, ISO 32000-2 12.8).
#ifndef ENKRAT_VALIDATION_PDF_PROCESS_H_
#define ENKRAT_VALIDATION_PDF_PROCESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

// A report without conclusion. kPdfDamaged, kPdfEncrypted, kLimitExceeded. Checks besides those of
// the signature itself: pdf-sub-filter, pdf-shape, pdf-changes.
absl::StatusOr<Report> JudgePdf(const std::string& path, Run& run);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_PDF_PROCESS_H_

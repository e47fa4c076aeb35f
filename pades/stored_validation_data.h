// What the document security store of a PDF holds (EN 319 142-1 5.4.2).
#ifndef ENKRAT_PADES_STORED_VALIDATION_DATA_H_
#define ENKRAT_PADES_STORED_VALIDATION_DATA_H_

#include "absl/status/statusor.h"
#include "common/validation_data.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// /Certs, /CRLs and /OCSPs of the catalog's /DSS; /VRI only repeats them. What is no stream, or
// unpacks to nothing, is left out: validation data proves itself. Bounded to 64 of each kind, the
// first ones, and 8 MiB in total: kLimitExceeded beyond the latter.
absl::StatusOr<ValidationData> ReadStoredValidationData(StrictDocument& document);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_STORED_VALIDATION_DATA_H_

// What the document security store of a PDF holds (EN 319 142-1 5.4.2).
#ifndef ENKRAT_PADES_STORED_VALIDATION_DATA_H_
#define ENKRAT_PADES_STORED_VALIDATION_DATA_H_

#include "absl/status/statusor.h"
#include "common/validation_data.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// /Certs, /CRLs and /OCSPs of the catalog's /DSS; /VRI only repeats them. What is no stream, or
// cannot be unpacked, is left out, and so is what goes beyond 64 of each kind and 8 MiB in total:
// validation data proves itself.
absl::StatusOr<ValidationData> ReadStoredValidationData(StrictDocument& document);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_STORED_VALIDATION_DATA_H_

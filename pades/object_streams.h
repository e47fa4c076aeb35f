// Whether the object streams of a document hold what its cross-references say, where they say it,
// and unpack to no more than is sound (ISO 32000-1 7.5.7).
#ifndef ENKRAT_PADES_OBJECT_STREAMS_H_
#define ENKRAT_PADES_OBJECT_STREAMS_H_

#include "absl/status/status.h"
#include "pades/strict_document.h"

class QPDF;

namespace enkrat::pades {

// QPDF looks for an object by its number and others by its place in the stream: both must find the
// same. kPdfDamaged if they do not, kLimitExceeded for more than 16 MiB in one or 64 MiB in all, or
// when the budget is spent.
absl::Status CheckObjectStreams(QPDF& pdf, StepBudget& budget);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_OBJECT_STREAMS_H_

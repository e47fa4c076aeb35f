// What one revision of a document did to the one before it: both are walked side by side, from the
// trailer on, and every difference is told with its kind.
#ifndef ENKRAT_PADES_REVISION_DIFFERENCE_H_
#define ENKRAT_PADES_REVISION_DIFFERENCE_H_

#include "absl/status/status.h"
#include "pades/document_change.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// Adds to `changes`. kPdfDamaged if either cannot be walked (its pages are no tree, an object
// cannot be parsed), kLimitExceeded when the budget is spent.
absl::Status CompareRevisions(StrictDocument& before, StrictDocument& after, StepBudget& budget,
                              ChangeList& changes);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_REVISION_DIFFERENCE_H_

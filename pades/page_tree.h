// The pages of a PDF in the order in which they are shown (ISO 32000-1 7.7.3).
#ifndef ENKRAT_PADES_PAGE_TREE_H_
#define ENKRAT_PADES_PAGE_TREE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "pades/object_id.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// The pages' ids. kPdfDamaged for a tree that is none (a node that is reached twice, or no
// dictionary, or direct), kLimitExceeded when the budget is spent.
absl::StatusOr<std::vector<ObjectId>> PagesOf(StrictDocument& document, StepBudget& budget);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PAGE_TREE_H_

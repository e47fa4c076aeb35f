// Puts each signature of a document into the revision that it closes, and says of it what the later
// ones did.
#ifndef ENKRAT_PADES_SIGNED_REVISIONS_H_
#define ENKRAT_PADES_SIGNED_REVISIONS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "pades/document_octets.h"
#include "pades/signature_fields.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// `found` is sorted by revision_end, with what the ByteRange rules found; `whole` is the document
// with all its revisions, `options` are those it was parsed with. Adds defects, changes_after and
// changes_are_permitted. kLimitExceeded when the budget is spent.
absl::Status JudgeRevisions(const std::shared_ptr<const DocumentOctets>& octets,
                            StrictDocument& whole, const StrictDocument::Options& options,
                            StepBudget& budget, std::vector<FoundSignature>& found);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SIGNED_REVISIONS_H_

// The document security store that a document has (EN 319 142-1 5.4.2).
#ifndef ENKRAT_PADES_VALIDATION_STORE_H_
#define ENKRAT_PADES_VALIDATION_STORE_H_

#include "absl/status/status.h"
#include "pades/source_document.h"

namespace enkrat::pades {

// Looks at every element of it, so that SourceDocument::CheckUndamaged knows: a signature is not
// put into a document whose store can be neither read nor added to afterwards. kLimitExceeded if it
// is too large. Throws QPDF's exceptions.
absl::Status CheckValidationStore(const SourceDocument& document);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_VALIDATION_STORE_H_

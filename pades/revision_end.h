// Where a PDF's last revision ends, read from the first and last octets of the file.
#ifndef ENKRAT_PADES_REVISION_END_H_
#define ENKRAT_PADES_REVISION_END_H_

#include <string>

#include "absl/status/statusor.h"
#include "pades/source_document.h"

namespace enkrat::pades {

// kNotFound if there is no such file, kLimitExceeded beyond kMaxDocumentOctets, kPdfDamaged without
// a "%PDF-" in the first 1024 octets, a startxref in the last ones, or a cross-reference section
// where it points.
absl::StatusOr<RevisionEnd> FindRevisionEnd(const std::string& path);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_REVISION_END_H_

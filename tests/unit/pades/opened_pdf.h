// A PDF of a test's, given to SignedPdf as the file that it has to be.
#ifndef ENKRAT_TESTS_UNIT_PADES_OPENED_PDF_H_
#define ENKRAT_TESTS_UNIT_PADES_OPENED_PDF_H_

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/file.h"
#include "pades/signed_pdf.h"
#include "tests/support/scratch_folder.h"

namespace enkrat::pades {

inline absl::StatusOr<std::unique_ptr<SignedPdf>> OpenPdf(const std::string& pdf,
                                                          const SignedPdf::Limits& limits = {}) {
  const ::enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("document.pdf");
  if (!WriteFile(path, AsSpan(pdf), {}).ok()) return absl::InternalError("cannot write the file");
  return SignedPdf::Open(path, limits);
}

inline ChangeKind WorstChange(const PdfSignature& signature) {
  ChangeKind worst = ChangeKind::kNone;
  for (const PdfChange& change : signature.changes_after) worst = std::max(worst, change.kind);
  return worst;
}

// In the words of a failed expectation.
inline void PrintTo(const PdfSignature& signature, std::ostream* stream) {
  *stream << signature.field_name << " to " << signature.revision_end;
  for (const std::string& defect : signature.defects) *stream << "; defect: " << defect;
  for (const PdfChange& change : signature.changes_after) {
    *stream << "; change " << static_cast<int>(change.kind) << ": " << change.detail;
  }
  *stream << (signature.changes_are_permitted ? "; permitted" : "; not permitted");
}

// A signature whose shape is faultless, and after which nothing worse than `kind` happened, and
// that was permitted.
MATCHER_P(IsSoundWith, kind, "is sound") {
  return arg.defects.empty() && WorstChange(arg) == kind && arg.changes_are_permitted &&
         !arg.contents_der.empty();
}
// One whose later changes are as bad as `kind` and are not permitted.
MATCHER_P(IsBrokenBy, kind, "is broken by a later change") {
  return WorstChange(arg) == kind && !arg.changes_are_permitted;
}
MATCHER_P(HasDefect, part, "has a defect") {
  return std::any_of(arg.defects.begin(), arg.defects.end(), [&](const std::string& defect) {
    return defect.find(part) != std::string::npos;
  });
}

}  // namespace enkrat::pades

#endif  // ENKRAT_TESTS_UNIT_PADES_OPENED_PDF_H_

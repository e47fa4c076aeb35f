#include "pades/source_document.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "pades/bounded_filters.h"
#include "pades/qpdf_calls.h"
#include "pades/revision_end.h"

namespace enkrat::pades {

SourceDocument::SourceDocument(std::string path, RevisionEnd end)
    : path_(std::move(path)), end_(end), qpdf_(std::make_unique<QPDF>()) {}
SourceDocument::SourceDocument(SourceDocument&&) noexcept = default;
SourceDocument& SourceDocument::operator=(SourceDocument&&) noexcept = default;
SourceDocument::~SourceDocument() = default;

absl::StatusOr<SourceDocument> SourceDocument::Open(const std::string& path) {
  ENKRAT_ASSIGN_OR_RETURN(const RevisionEnd end, FindRevisionEnd(path));
  SourceDocument document(path, end);
  ENKRAT_RETURN_IF_ERROR(CallQpdf([&] { return document.Parse(); }));
  return document;
}

absl::Status SourceDocument::Parse() {
  BoundQpdfFilters();
  qpdf_->setSuppressWarnings(true);
  qpdf_->setAttemptRecovery(false);
  {
    const DecodingBudget budget(kCrossReferenceBudget);
    qpdf_->processFile(path_.c_str());
  }
  if (qpdf_->isEncrypted()) {
    return MakeError(Reason::kPdfEncrypted, "the document is encrypted");
  }
  QPDFObjectHandle root = qpdf_->getTrailer().getKey("/Root");
  if (!root.isIndirect() || !root.isDictionary()) {
    return MakeError(Reason::kPdfDamaged, "the trailer names no catalog");
  }
  // That /Size is one more than the highest number is what QPDF warns of if it is not so.
  QPDFObjectHandle size = qpdf_->getTrailer().getKey("/Size");
  if (!size.isInteger() || size.getIntValue() < 1) {
    return MakeError(Reason::kPdfDamaged, "the trailer has no size");
  }
  if (size.getIntValue() > kMaxObjects) {
    return MakeError(Reason::kLimitExceeded, "the document has too many objects");
  }
  first_free_object_ = static_cast<int>(size.getIntValue());
  return CheckUndamaged();
}

absl::Status SourceDocument::CheckUndamaged() const {
  if (!qpdf_->anyWarnings()) return absl::OkStatus();
  const std::vector<QPDFExc> warnings = qpdf_->getWarnings();
  return MakeError(Reason::kPdfDamaged,
                   absl::StrCat(warnings.front().getMessageDetail(), " (offset ",
                                warnings.front().getFilePosition(), ")"));
}

}  // namespace enkrat::pades

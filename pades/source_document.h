// A PDF as it lies on disk, parsed but never changed, and where its last revision ends: what an
// incremental update continues (ISO 32000-1 7.5.6).
#ifndef ENKRAT_PADES_SOURCE_DOCUMENT_H_
#define ENKRAT_PADES_SOURCE_DOCUMENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "pades/document_octets.h"
#include "pades/strict_document.h"

class QPDF;

namespace enkrat::pades {

// How a revision lists its objects: a table (with or without a stream beside it, "hybrid"), or a
// cross-reference stream (ISO 32000-1 7.5.4, 7.5.8). An update uses the form of the revision
// before.
enum class CrossReferenceForm { kTable, kStream };

struct RevisionEnd {
  uint64_t file_octets = 0;
  uint64_t marker_end = 0;              // behind the last %%EOF that follows a startxref
  uint64_t cross_reference_offset = 0;  // startxref
  CrossReferenceForm form = CrossReferenceForm::kTable;
  bool ends_with_line_end = false;
};

// Move-only; not thread-safe. Holds the file open and reads it, lazily, while it lives.
class SourceDocument {
 public:
  // kPdfDamaged (also if the file cannot be opened), kPdfEncrypted, kLimitExceeded
  // (kMaxDocumentOctets, kMaxObjects, object streams as in StrictDocument). What QPDF would repair
  // is refused, and what does not begin with "%PDF-": readers disagree about such documents, and
  // pades/signed_pdf.h would not take them for sound once they are signed.
  static absl::StatusOr<SourceDocument> Open(const std::string& path);

  SourceDocument(SourceDocument&&) noexcept = default;
  SourceDocument& operator=(SourceDocument&&) noexcept = default;

  QPDF& qpdf() const { return parsed_->pdf(); }
  const DocumentOctets& octets() const { return *octets_; }
  const RevisionEnd& end() const { return end_; }
  int first_free_object() const { return first_free_object_; }

  // kPdfDamaged if any object that was looked at so far was not in order.
  absl::Status CheckUndamaged() const;

 private:
  SourceDocument() = default;
  absl::Status CheckTrailer();

  std::shared_ptr<const DocumentOctets> octets_;
  std::unique_ptr<StrictDocument> parsed_;
  RevisionEnd end_;
  int first_free_object_ = 0;
};

// As many as SignedPdf::Limits allows the signed document.
inline constexpr int kMaxObjects = 500'000;

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SOURCE_DOCUMENT_H_

// A PDF as it lies on disk, parsed but never changed, and where its last revision ends: what an
// incremental update continues (ISO 32000-1 7.5.6).
#ifndef ENKRAT_PADES_SOURCE_DOCUMENT_H_
#define ENKRAT_PADES_SOURCE_DOCUMENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

class QPDF;

namespace enkrat::pades {

// How a revision lists its objects: a table (with or without a stream beside it, "hybrid"), or a
// cross-reference stream (ISO 32000-1 7.5.4, 7.5.8). An update uses the form of the revision
// before.
enum class CrossReferenceForm { kTable, kStream };

struct RevisionEnd {
  uint64_t file_octets = 0;
  // Octets before "%PDF-". All offsets in the document count from there, /ByteRange alone does not.
  uint64_t header_offset = 0;
  uint64_t cross_reference_offset = 0;  // startxref
  CrossReferenceForm form = CrossReferenceForm::kTable;
  bool ends_with_line_end = false;
};

// Move-only; not thread-safe. Reads the file, lazily, while it lives.
class SourceDocument {
 public:
  // kPdfDamaged, kPdfEncrypted, kLimitExceeded (kMaxDocumentOctets, kMaxObjects), kNotFound. What
  // QPDF would repair is refused: a repaired document is not the one that other readers see.
  static absl::StatusOr<SourceDocument> Open(const std::string& path);

  SourceDocument(SourceDocument&&) noexcept;
  SourceDocument& operator=(SourceDocument&&) noexcept;
  ~SourceDocument();

  QPDF& qpdf() const { return *qpdf_; }
  const std::string& path() const { return path_; }
  const RevisionEnd& end() const { return end_; }
  int first_free_object() const { return first_free_object_; }

  // kPdfDamaged if any object that was looked at since then was not in order.
  absl::Status CheckUndamaged() const;

 private:
  SourceDocument(std::string path, RevisionEnd end);
  absl::Status Parse();

  std::string path_;
  RevisionEnd end_;
  std::unique_ptr<QPDF> qpdf_;
  int first_free_object_ = 0;
};

inline constexpr int kMaxObjects = 8'388'607;  // ISO 32000-1 annex C.2

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SOURCE_DOCUMENT_H_

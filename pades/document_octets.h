// The octets of a document that stays a file: read in pieces, at any place.
#ifndef ENKRAT_PADES_DOCUMENT_OCTETS_H_
#define ENKRAT_PADES_DOCUMENT_OCTETS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::pades {

// A run of octets in the document.
struct OctetRange {
  uint64_t begin = 0;
  uint64_t length = 0;
};

// Holds the file open while it lives. Immutable; thread-safe. Whoever changes the file meanwhile
// gets judgements of neither the old nor the new one.
class DocumentOctets {
 public:
  // kPdfDamaged if it cannot be opened or is no regular file, kLimitExceeded beyond `max_octets`.
  static absl::StatusOr<std::shared_ptr<const DocumentOctets>> Open(const std::string& path,
                                                                    uint64_t max_octets);
  ~DocumentOctets();

  DocumentOctets(const DocumentOctets&) = delete;
  DocumentOctets& operator=(const DocumentOctets&) = delete;

  uint64_t size() const { return size_; }

  // Copies up to `length` octets from `offset` and answers how many there were (fewer at the end of
  // the document, or if the disk fails).
  size_t Read(uint64_t offset, char* out, size_t length) const;
  // The same as a string, for the few octets that a rule looks at.
  std::string Text(uint64_t offset, size_t length) const;
  // kPdfDamaged if a range is not all there.
  absl::StatusOr<Bytes> DigestOf(DigestAlgorithm algorithm,
                                 absl::Span<const OctetRange> ranges) const;

 private:
  DocumentOctets(int descriptor, uint64_t size) : descriptor_(descriptor), size_(size) {}

  const int descriptor_;
  const uint64_t size_;
};

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DOCUMENT_OCTETS_H_

// The chain of cross-reference sections of a PDF, read before anything is parsed: where each is,
// and that none of them is larger than is sound (ISO 32000-1 7.5.4 to 7.5.8).
#ifndef ENKRAT_PADES_CROSS_REFERENCES_H_
#define ENKRAT_PADES_CROSS_REFERENCES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "pades/document_octets.h"

namespace enkrat::pades {

// "startxref N %%EOF", the last words of every revision.
struct EndMarker {
  uint64_t section = 0;  // N
  uint64_t begin = 0;    // of "startxref"
  uint64_t end = 0;      // behind %%EOF, before the line end that may follow
};

// The marker that ends the octets before `end`, with nothing but white space behind it; nullopt if
// they do not end with one.
std::optional<EndMarker> ClosingMarker(const DocumentOctets& octets, uint64_t end);
// All markers in [begin, end), in their order; at most `most`.
std::vector<EndMarker> FindMarkers(const DocumentOctets& octets, uint64_t begin, uint64_t end,
                                   size_t most);

struct CrossReferenceSection {
  uint64_t offset = 0;
  bool hybrid = false;  // has an /XRefStm: readers disagree which of its objects they see
  std::optional<uint64_t> previous;  // /Prev
};

struct CrossReferenceLimits {
  uint64_t end = 0;  // only the octets before it
  int max_objects = 0;
  int max_sections = 0;
};

// From the newest section at `first` on. kPdfDamaged for a chain that is broken or leads in a
// circle, kLimitExceeded for more entries than four times max_objects or more sections.
absl::StatusOr<std::vector<CrossReferenceSection>> ReadCrossReferences(
    const std::shared_ptr<const DocumentOctets>& octets, uint64_t first,
    const CrossReferenceLimits& limits);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_CROSS_REFERENCES_H_

// The revisions of a PDF from a signed one on: each an incremental update that was appended to the
// one before it (ISO 32000-1 7.5.6).
#ifndef ENKRAT_PADES_REVISIONS_H_
#define ENKRAT_PADES_REVISIONS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "pades/cross_references.h"
#include "pades/document_octets.h"

namespace enkrat::pades {

struct Revision {
  uint64_t end = 0;      // of all octets up to and with it
  uint64_t section = 0;  // its newest cross-references
  bool hybrid = false;
};

// The revision that ends at `begin`, then each later one up to the last, which ends where the
// document does. `ends` are known ends of revisions, such as those that signatures cover.
// kPdfDamaged if the document is not `begin` octets with well-formed updates after them:
// cross-references that do not lead back to the first revision, go backwards, or a section without
// its end.
absl::StatusOr<std::vector<Revision>> RevisionsFrom(
    const std::shared_ptr<const DocumentOctets>& octets, uint64_t begin,
    const std::vector<uint64_t>& ends, const CrossReferenceLimits& limits);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_REVISIONS_H_

#include "pades/revisions.h"

#include <algorithm>
#include <optional>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

constexpr size_t kMostMarkers = 10'000;

absl::Status NotUpdates() {
  return MakeError(Reason::kPdfDamaged,
                   "the document is not the signed revision with updates appended to it");
}

// Where the revision of the section at `offset` ends: with the first marker that names it.
std::optional<uint64_t> EndOf(const DocumentOctets& octets, uint64_t offset,
                              const std::vector<EndMarker>& markers,
                              const std::vector<uint64_t>& ends) {
  const auto marker = std::find_if(markers.begin(), markers.end(), [&](const EndMarker& candidate) {
    return candidate.section == offset && candidate.begin > offset;
  });
  if (marker == markers.end()) return std::nullopt;
  for (const uint64_t end : ends) {
    if (end < marker->end) continue;
    const std::optional<EndMarker> closing = ClosingMarker(octets, end);
    if (closing.has_value() && closing->begin == marker->begin) return end;
  }
  return marker->end;
}

}  // namespace

absl::StatusOr<std::vector<Revision>> RevisionsFrom(
    const std::shared_ptr<const DocumentOctets>& octets, uint64_t begin,
    const std::vector<uint64_t>& ends, const CrossReferenceLimits& limits) {
  const std::optional<EndMarker> first = ClosingMarker(*octets, begin);
  const std::optional<EndMarker> last = ClosingMarker(*octets, limits.end);
  if (!first.has_value() || !last.has_value()) return NotUpdates();
  ENKRAT_ASSIGN_OR_RETURN(std::vector<CrossReferenceSection> chain,
                          ReadCrossReferences(octets, last->section, limits));
  std::reverse(chain.begin(), chain.end());
  const auto signed_section = std::find_if(
      chain.begin(), chain.end(),
      [&](const CrossReferenceSection& section) { return section.offset == first->section; });
  if (signed_section == chain.end()) return NotUpdates();
  const std::vector<EndMarker> markers = FindMarkers(*octets, begin, limits.end, kMostMarkers);
  std::vector<uint64_t> known = ends;
  known.push_back(limits.end);
  std::vector<Revision> revisions = {{.end = begin, .section = first->section}};
  for (auto section = signed_section + 1; section != chain.end(); ++section) {
    if (section->offset < revisions.back().end) return NotUpdates();
    const std::optional<uint64_t> end = EndOf(*octets, section->offset, markers, known);
    if (!end.has_value()) return NotUpdates();
    revisions.push_back({.end = *end, .section = section->offset, .hybrid = section->hybrid});
  }
  if (revisions.back().end != limits.end) return NotUpdates();
  return revisions;
}

}  // namespace enkrat::pades

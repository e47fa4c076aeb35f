// Whether readers that open a linearised document at its front (ISO 32000-1 annex F) see the same
// document as those that open it at its end.
#ifndef ENKRAT_PADES_LINEARIZATION_H_
#define ENKRAT_PADES_LINEARIZATION_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "pades/document_octets.h"

namespace enkrat::pades {

// A document whose first object says that it is linearised and as long as it is is read from the
// cross-references behind that object; `section` is where the last ones are, by the end marker.
// kPdfDamaged if they are others: an attacker chose the length, and an update makes it come true.
absl::Status CheckLinearization(const std::shared_ptr<const DocumentOctets>& octets,
                                uint64_t section);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_LINEARIZATION_H_

// What an update leaves lying about for readers that repair documents: they go through all octets
// for objects, whatever the cross-references say, as soon as one that they need is not there.
#ifndef ENKRAT_PADES_LOOSE_ENDS_H_
#define ENKRAT_PADES_LOOSE_ENDS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "pades/document_change.h"
#include "pades/document_octets.h"
#include "pades/object_table.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

// Tells of references in changed objects, and in the trailer, to objects that are not there, unless
// they were there to the same nothing before. kLimitExceeded when the budget is spent.
absl::Status TellLooseReferences(StrictDocument& before, StrictDocument& after,
                                 const ObjectTables& tables, StepBudget& budget,
                                 ChangeList& changes);

struct AppendedOctets {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t section = 0;  // offset of the cross-references
};

// Tells of what looks like an object or a trailer in those octets, in a stream too, and is none
// that the cross-references of the document they complete name; and of cross-reference and object
// streams that are not in use.
absl::Status TellLooseObjects(const DocumentOctets& octets, const AppendedOctets& appended,
                              StrictDocument& after, ChangeList& changes);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_LOOSE_ENDS_H_

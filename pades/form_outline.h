// The fields and widgets of a document's form, by their objects (ISO 32000-1 12.7.3).
#ifndef ENKRAT_PADES_FORM_OUTLINE_H_
#define ENKRAT_PADES_FORM_OUTLINE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "pades/object_id.h"
#include "pades/strict_document.h"

namespace enkrat::pades {

struct FormNode {
  std::string field;            // full name
  bool signature = false;       // /FT /Sig, its own or inherited
  bool signed_already = false;  // /V, its own or inherited
  bool timestamp = false;       // what is there is a document timestamp
};

struct FormOutline {
  std::map<ObjectId, FormNode> nodes;
  int direct = 0;  // fields that are no objects of their own: they cannot be followed
};

// kLimitExceeded when the budget is spent.
absl::StatusOr<FormOutline> OutlineForm(StrictDocument& document, StepBudget& budget);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_FORM_OUTLINE_H_

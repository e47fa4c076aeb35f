// The fields and widgets of a document's form, by their objects (ISO 32000-1 12.7.3).
#ifndef ENKRAT_PADES_FORM_OUTLINE_H_
#define ENKRAT_PADES_FORM_OUTLINE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pades/object_id.h"
#include "pades/strict_document.h"

class QPDFObjectHandle;

namespace enkrat::pades {

struct FormNode {
  std::string field;            // full name
  bool signature = false;       // /FT /Sig, its own or inherited
  bool signed_already = false;  // /V, its own or inherited
  bool timestamp = false;       // what is there is a document timestamp
  // Has keys of a name tree (7.9.6) or acts: whoever comes by another way sees more than a field.
  bool more_than_field = false;
};

// A field that is no object of its own.
struct DirectField {
  std::shared_ptr<QPDFObjectHandle> dictionary;
  FormNode node;
};

struct FormOutline {
  std::map<ObjectId, FormNode> nodes;
  std::vector<DirectField> direct;  // in the order of the form
};

// kLimitExceeded when the budget is spent.
absl::StatusOr<FormOutline> OutlineForm(StrictDocument& document, StepBudget& budget);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_FORM_OUTLINE_H_

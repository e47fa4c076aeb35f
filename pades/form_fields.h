// The fields of a document's interactive form, with their full names and what they inherit (ISO
// 32000-1 12.7.3).
#ifndef ENKRAT_PADES_FORM_FIELDS_H_
#define ENKRAT_PADES_FORM_FIELDS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pades/source_document.h"

class QPDFObjectHandle;

namespace enkrat::pades {

struct FormField {
  std::string full_name;                     // UTF-8, "person.address.city"
  std::shared_ptr<QPDFObjectHandle> object;  // the field's dictionary
  std::vector<QPDFObjectHandle> widgets;  // kids without a name; or the field itself, if it is one
  bool terminal = true;                   // has no fields below it
  bool signature = false;                 // /FT /Sig, own or inherited
  bool has_value = false;                 // /V, own or inherited; a signature field: it is signed
};

// All of them, parents before their kids. Throws QPDF's exceptions. kPdfDamaged for a tree with a
// loop or deeper than 32, kLimitExceeded for more than 50'000 nodes. No form: none.
absl::StatusOr<std::vector<FormField>> ReadFormFields(const SourceDocument& document);

// The one of this name; null if there is none.
const FormField* FindField(const std::vector<FormField>& fields, absl::string_view full_name);
// Whether any field holds a signature or a document timestamp.
bool HasSignatures(const std::vector<FormField>& fields);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_FORM_FIELDS_H_

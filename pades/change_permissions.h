// What the signatures that a document has allow to be done to it: certification (DocMDP), locked
// fields (FieldMDP) (ISO 32000-1 12.8.2, ISO 32000-2 12.8.2).
#ifndef ENKRAT_PADES_CHANGE_PERMISSIONS_H_
#define ENKRAT_PADES_CHANGE_PERMISSIONS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "pades/form_fields.h"
#include "pades/source_document.h"

namespace enkrat::pades {

// Fields that a signature locked. Names stand for all fields below them, too.
struct FieldLock {
  enum class Action { kAll, kInclude, kExclude };
  Action action = Action::kAll;
  std::vector<std::string> names;

  bool Locks(absl::string_view full_name) const;
};

struct ChangePermissions {
  bool certified = false;
  bool no_changes = false;  // certified, or locked (/Lock /P 1 of PDF 2.0), against any change
  std::vector<FieldLock> locks;
};

// Throws QPDF's exceptions. kPdfDamaged for a certification or lock that cannot be understood: it
// is not for us to take it for a permission.
absl::StatusOr<ChangePermissions> ReadChangePermissions(const SourceDocument& document,
                                                        const std::vector<FormField>& fields);

// kPdfChangesForbidden unless a field of this name, be it new or not, may be signed. `certifies`:
// with a certifying signature.
absl::Status CheckMayBeSigned(const ChangePermissions& permissions,
                              const std::vector<FormField>& fields, absl::string_view full_name,
                              bool certifies);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_CHANGE_PERMISSIONS_H_

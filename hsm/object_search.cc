#include "hsm/object_search.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::hsm {

absl::StatusOr<std::vector<CK_OBJECT_HANDLE>> FindObjects(Session& session,
                                                          AttributeList& attributes, size_t limit) {
  ENKRAT_RETURN_IF_ERROR(session.Usable());
  const CK_FUNCTION_LIST& functions = session.functions();
  ENKRAT_RETURN_IF_ERROR(session.CheckLaterStep(
      functions.C_FindObjectsInit(session.handle(), attributes.entries(), attributes.size()),
      "C_FindObjectsInit"));
  std::vector<CK_OBJECT_HANDLE> found;
  std::array<CK_OBJECT_HANDLE, 64> batch{};
  CK_ULONG count = 0;
  absl::Status status;
  do {
    count = 0;
    status = session.CheckLaterStep(
        functions.C_FindObjects(session.handle(), batch.data(), batch.size(), &count),
        "C_FindObjects");
    if (!status.ok()) break;
    found.insert(found.end(), batch.begin(),
                 batch.begin() + static_cast<ptrdiff_t>(std::min<size_t>(count, batch.size())));
  } while (count > 0 && found.size() <= limit);
  const absl::Status finished =
      session.CheckLaterStep(functions.C_FindObjectsFinal(session.handle()), "C_FindObjectsFinal");
  ENKRAT_RETURN_IF_ERROR(status);
  ENKRAT_RETURN_IF_ERROR(finished);
  if (found.size() > limit) {
    return MakeError(Reason::kLimitExceeded, "the token holds more objects than are listed");
  }
  return found;
}

absl::StatusOr<CK_OBJECT_HANDLE> FindTokenObject(Session& session, CK_OBJECT_CLASS object_class,
                                                 absl::string_view label) {
  AttributeList attributes;
  attributes.AddNumber(CKA_CLASS, object_class);
  attributes.AddBool(CKA_TOKEN, true);
  attributes.AddText(CKA_LABEL, label);
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> found,
                          FindObjects(session, attributes, /*limit=*/64));
  if (found.empty()) {
    return MakeError(Reason::kNotFound,
                     absl::StrCat("the token has no key labelled '", label, "'"));
  }
  if (found.size() > 1) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("the token has several keys labelled '", label, "'"));
  }
  return found.front();
}

absl::Status CheckLabelIsFree(Session& session, absl::string_view label) {
  AttributeList attributes;
  attributes.AddBool(CKA_TOKEN, true);
  attributes.AddText(CKA_LABEL, label);
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> found,
                          FindObjects(session, attributes, /*limit=*/64));
  if (found.empty()) return absl::OkStatus();
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("the token has an object labelled '", label, "' already"));
}

}  // namespace enkrat::hsm

#include "pades/change_permissions.h"

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::pades {
namespace {

absl::Status Damaged(absl::string_view what) { return MakeError(Reason::kPdfDamaged, what); }

bool IsName(QPDFObjectHandle value, const char* name) {
  return value.isName() && value.getName() == name;
}

// /P of DocMDP, or of a lock dictionary: 1 forbids all, 2 and 3 allow further signatures.
absl::StatusOr<bool> ForbidsAll(QPDFObjectHandle value) {
  if (value.isNull()) return false;  // the default is 2
  if (!value.isInteger() || value.getIntValue() < 1 || value.getIntValue() > 3) {
    return Damaged("a permission that is none of 1, 2, 3");
  }
  return value.getIntValue() == 1;
}

absl::StatusOr<FieldLock> ReadLock(QPDFObjectHandle parameters) {
  FieldLock lock;
  QPDFObjectHandle action = parameters.getKey("/Action");
  if (IsName(action, "/All")) return lock;
  if (IsName(action, "/Include")) {
    lock.action = FieldLock::Action::kInclude;
  } else if (IsName(action, "/Exclude")) {
    lock.action = FieldLock::Action::kExclude;
  } else {
    return Damaged("a field lock of an unknown kind");
  }
  QPDFObjectHandle names = parameters.getKey("/Fields");
  if (!names.isArray()) return Damaged("a field lock without fields");
  for (QPDFObjectHandle& name : names.getArrayAsVector()) {
    if (!name.isString()) return Damaged("a field lock with a field that is no name");
    lock.names.push_back(name.getUTF8Value());
  }
  return lock;
}

absl::Status ReadReference(QPDFObjectHandle reference, ChangePermissions& permissions) {
  if (!reference.isDictionary()) return Damaged("a signature reference that is no dictionary");
  QPDFObjectHandle method = reference.getKey("/TransformMethod");
  QPDFObjectHandle parameters = reference.getKey("/TransformParams");
  if (IsName(method, "/DocMDP")) {
    permissions.certified = true;
    ENKRAT_ASSIGN_OR_RETURN(const bool forbids,
                            ForbidsAll(parameters.isDictionary() ? parameters.getKey("/P")
                                                                 : QPDFObjectHandle::newNull()));
    permissions.no_changes = permissions.no_changes || forbids;
  } else if (IsName(method, "/FieldMDP")) {
    if (!parameters.isDictionary()) return Damaged("FieldMDP without parameters");
    ENKRAT_ASSIGN_OR_RETURN(FieldLock lock, ReadLock(parameters));
    permissions.locks.push_back(std::move(lock));
  }
  return absl::OkStatus();
}

absl::Status ReadSignature(QPDFObjectHandle signature, ChangePermissions& permissions) {
  if (!signature.isDictionary()) return Damaged("a signature that is no dictionary");
  QPDFObjectHandle references = signature.getKey("/Reference");
  if (references.isNull()) return absl::OkStatus();
  if (!references.isArray()) return Damaged("signature references that are no array");
  for (QPDFObjectHandle& reference : references.getArrayAsVector()) {
    ENKRAT_RETURN_IF_ERROR(ReadReference(reference, permissions));
  }
  return absl::OkStatus();
}

// The lock that a signed field was made with; the signature should repeat it as FieldMDP, and some
// products do not.
absl::Status ReadFieldLock(QPDFObjectHandle field, ChangePermissions& permissions) {
  QPDFObjectHandle lock_dictionary = field.getKey("/Lock");
  if (lock_dictionary.isNull()) return absl::OkStatus();
  if (!lock_dictionary.isDictionary()) return Damaged("a /Lock that is no dictionary");
  ENKRAT_ASSIGN_OR_RETURN(FieldLock lock, ReadLock(lock_dictionary));
  permissions.locks.push_back(std::move(lock));
  ENKRAT_ASSIGN_OR_RETURN(const bool forbids, ForbidsAll(lock_dictionary.getKey("/P")));
  permissions.no_changes = permissions.no_changes || forbids;
  return absl::OkStatus();
}

}  // namespace

bool FieldLock::Locks(absl::string_view full_name) const {
  const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return full_name == name || absl::StartsWith(full_name, absl::StrCat(name, "."));
  });
  return action == Action::kAll || named == (action == Action::kInclude);
}

absl::StatusOr<ChangePermissions> ReadChangePermissions(const SourceDocument& document,
                                                        const std::vector<FormField>& fields) {
  ChangePermissions permissions;
  QPDFObjectHandle entries = document.qpdf().getRoot().getKey("/Perms");
  if (entries.isDictionary() && !entries.getKey("/DocMDP").isNull()) {
    permissions.certified = true;
    ENKRAT_RETURN_IF_ERROR(ReadSignature(entries.getKey("/DocMDP"), permissions));
  }
  for (const FormField& field : fields) {
    QPDFObjectHandle signature = field.object->getKey("/V");
    if (!field.signature || signature.isNull()) continue;
    ENKRAT_RETURN_IF_ERROR(ReadSignature(signature, permissions));
    ENKRAT_RETURN_IF_ERROR(ReadFieldLock(*field.object, permissions));
  }
  return permissions;
}

absl::Status CheckMayBeSigned(const ChangePermissions& permissions,
                              const std::vector<FormField>& fields, absl::string_view full_name,
                              bool certifies) {
  const auto forbidden = [](absl::string_view why) {
    return MakeError(Reason::kPdfChangesForbidden, why);
  };
  if (permissions.no_changes) {
    return forbidden("the document is certified, or locked, against all changes");
  }
  if (certifies && (permissions.certified || HasSignatures(fields))) {
    return forbidden("only the first signature can certify a document");
  }
  for (const FieldLock& lock : permissions.locks) {
    if (lock.Locks(full_name)) return forbidden("an earlier signature locks the field");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::pades

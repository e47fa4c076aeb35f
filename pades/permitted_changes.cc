#include "pades/permitted_changes.h"

#include <algorithm>

namespace enkrat::pades {
namespace {

bool IsLocked(const DocumentChange& change, const ChangeRules& rules) {
  if (change.every_field && !rules.locks.empty()) return true;
  return !change.field.empty() &&
         std::any_of(rules.locks.begin(), rules.locks.end(),
                     [&](const SignatureLock& lock) { return lock.Locks(change.field); });
}

}  // namespace

bool IsPermitted(const DocumentChange& change, const ChangeRules& rules) {
  switch (change.change.kind) {
    case ChangeKind::kNone:
    case ChangeKind::kValidationData:
      return true;
    case ChangeKind::kSignature:
      if (change.covers && rules.certification.has_value()) return false;
      return rules.certification != 1 && !IsLocked(change, rules);
    case ChangeKind::kFormFilling:
      return rules.certification != 1 && !IsLocked(change, rules);
    case ChangeKind::kAnnotations:
      return rules.certification == 3 && !change.dangerous;
    case ChangeKind::kContent:
    case ChangeKind::kObjectsOutOfPlace:
      return false;
  }
  return false;
}

}  // namespace enkrat::pades

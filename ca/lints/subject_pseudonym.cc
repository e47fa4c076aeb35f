// A natural person has names or a pseudonym, never both; the pseudonym is marked by its attribute,
// and is the common name.
#include "ca/lints/registry.h"
#include "ca/lints/subject_values.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const absl::string_view pseudonym = AttributeText(input.tbs, NID_pseudonym);
  const bool has_names = FindAttribute(input.tbs, NID_givenName) != nullptr ||
                         FindAttribute(input.tbs, NID_surname) != nullptr;
  const SubjectKind kind = input.profile.subject_kind();
  if (kind == SubjectKind::kLegalPerson) return std::nullopt;  // subject_attributes knows its own
  if (!pseudonym.empty() && has_names) return "stands beside the person's names";
  if (kind == SubjectKind::kNaturalPerson) {
    if (!pseudonym.empty()) return "is in a profile that names persons";
    if (!has_names) return "is missing, as are given name and surname";
    return std::nullopt;
  }
  if (pseudonym.empty()) return "is missing";
  if (AttributeText(input.tbs, NID_commonName) != pseudonym) return "is not the common name";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectPseudonym = {
    .name = "subject_pseudonym", .clause = "EN 319 412-2 NAT-4.2.4-1 to -4", .check = Check};

}  // namespace enkrat::ca::lints

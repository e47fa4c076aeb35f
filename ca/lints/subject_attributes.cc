// A subject has the attributes of its kind, each at most once, and no others.
#include <algorithm>
#include <vector>

#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

struct AttributeSets {
  std::vector<int> required;
  std::vector<int> allowed;  // besides those
};

// Which of a natural person's names there must be is the business of subject_pseudonym.
const AttributeSets& SetsOf(SubjectKind kind) {
  static const auto& natural =
      *new AttributeSets{{NID_countryName, NID_commonName, NID_serialNumber},
                         {NID_givenName, NID_surname, NID_pseudonym}};
  static const auto& legal = *new AttributeSets{
      {NID_countryName, NID_commonName, NID_organizationName, NID_organizationIdentifier}, {}};
  return kind == SubjectKind::kLegalPerson ? legal : natural;
}

bool Holds(const std::vector<int>& types, int type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

LintFinding Check(const LintInput& input) {
  const AttributeSets& sets = SetsOf(input.profile.subject_kind());
  std::vector<int> seen;
  const X509_NAME* name = input.tbs.subject();
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int type = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (Holds(seen, type)) return "holds an attribute twice";
    if (!Holds(sets.required, type) && !Holds(sets.allowed, type)) {
      return "holds an attribute that the profile does not know";
    }
    seen.push_back(type);
  }
  for (const int type : sets.required) {
    if (!Holds(seen, type)) return "lacks an attribute that its kind must have";
  }
  return std::nullopt;
}

}  // namespace

const Lint kSubjectAttributes = {.name = "subject_attributes",
                                 .clause = "EN 319 412-2 4.2.4, EN 319 412-3 4.2.1",
                                 .check = Check};

}  // namespace enkrat::ca::lints

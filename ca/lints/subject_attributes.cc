// A natural person is named by C, CN, serialNumber and given name or surname: each at most once,
// and nothing else.
#include <algorithm>
#include <vector>

#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  bool has_country = false, has_common_name = false, has_serial = false, has_person = false;
  std::vector<int> seen;
  const X509_NAME* name = input.tbs.subject();
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int type = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (std::count(seen.begin(), seen.end(), type) != 0) return "holds an attribute twice";
    seen.push_back(type);
    if (type == NID_countryName) {
      has_country = true;
    } else if (type == NID_commonName) {
      has_common_name = true;
    } else if (type == NID_serialNumber) {
      has_serial = true;
    } else if (type == NID_givenName || type == NID_surname) {
      has_person = true;
    } else {
      return "holds an attribute that the profile does not know";
    }
  }
  if (!has_country || !has_common_name || !has_serial || !has_person) {
    return "lacks one of C, CN, serialNumber and the person's names";
  }
  return std::nullopt;
}

}  // namespace

const Lint kSubjectAttributes = {
    .name = "subject_attributes", .clause = "EN 319 412-2 4.2.4", .check = Check};

}  // namespace enkrat::ca::lints

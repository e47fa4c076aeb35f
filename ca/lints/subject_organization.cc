// The registered name of a legal person is a name, not its identifier over again.
#include "ca/lints/registry.h"
#include "ca/lints/subject_values.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ASN1_STRING* name = FindAttribute(input.tbs, NID_organizationName);
  if (name == nullptr) return std::nullopt;  // subject_attributes says so
  if (ASN1_STRING_type(name) != V_ASN1_UTF8STRING) return "is not a UTF8String";
  if (ReadText(name) == AttributeText(input.tbs, NID_organizationIdentifier)) {
    return "is the organizationIdentifier";
  }
  return std::nullopt;
}

}  // namespace

const Lint kSubjectOrganization = {
    .name = "subject_organization", .clause = "EN 319 412-3 4.2.1", .check = Check};

}  // namespace enkrat::ca::lints

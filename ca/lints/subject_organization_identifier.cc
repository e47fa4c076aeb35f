// organizationIdentifier has the semantics that the qcStatements claim: type, country, identifier.
#include "ca/lints/registry.h"
#include "ca/lints/subject_values.h"
#include "ca/semantics_identifier.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ASN1_STRING* value = FindAttribute(input.tbs, NID_organizationIdentifier);
  if (value == nullptr) return std::nullopt;  // subject_attributes says so
  if (ASN1_STRING_type(value) != V_ASN1_UTF8STRING) return "is not a UTF8String";
  if (!IsLegalPersonIdentifier(ReadText(value))) return "is not an identifier of a legal person";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectOrganizationIdentifier = {
    .name = "subject_organization_identifier", .clause = "EN 319 412-1 5.1.4", .check = Check};

}  // namespace enkrat::ca::lints

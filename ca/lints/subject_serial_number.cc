// The serial number has the semantics that the qcStatements claim: type, country, identifier.
#include "absl/strings/string_view.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "ca/semantics_identifier.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const X509_NAME* name = input.tbs.subject();
  const int index = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), NID_serialNumber, -1);
  if (index < 0) return std::nullopt;  // subject_attributes says so
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
  const absl::string_view text = ReadText(value);
  if (ASN1_STRING_type(value) != V_ASN1_PRINTABLESTRING) return "is not a PrintableString";
  if (text.size() > 64 || !IsPrintableString(text)) return "is not 1 to 64 printable characters";
  if (!IsNaturalPersonIdentifier(text)) return "is not an identifier of a natural person";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectSerialNumber = {
    .name = "subject_serial_number", .clause = "EN 319 412-1 5.1.3", .check = Check};

}  // namespace enkrat::ca::lints

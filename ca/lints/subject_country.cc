// The country is a PrintableString of two upper-case letters.
#include "absl/strings/string_view.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "ca/semantics_identifier.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const X509_NAME* name = input.tbs.subject();
  const int index = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), NID_countryName, -1);
  if (index < 0) return std::nullopt;  // subject_attributes says so
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
  const absl::string_view text = ReadText(value);
  if (ASN1_STRING_type(value) != V_ASN1_PRINTABLESTRING) return "is not a PrintableString";
  if (!IsCountryShape(text)) return "is not two upper-case letters";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectCountry = {
    .name = "subject_country", .clause = "RFC 5280 appendix A, ISO 3166-1", .check = Check};

}  // namespace enkrat::ca::lints

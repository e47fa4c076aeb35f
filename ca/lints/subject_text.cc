// Names are visible text in UTF-8 of at most 64 characters: nothing that breaks or reverses a line.
#include "absl/strings/string_view.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "common/text.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const X509_NAME* name = input.tbs.subject();
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
    const int type = ASN1_STRING_type(value);
    if (type != V_ASN1_UTF8STRING && type != V_ASN1_PRINTABLESTRING) {
      return "is neither UTF8String nor PrintableString";
    }
    const absl::string_view text = ReadText(value);
    const absl::Status visible = CheckVisibleText(text, 64);
    if (!visible.ok()) return "holds text that is empty, too long, not UTF-8 or not visible";
  }
  return std::nullopt;
}

}  // namespace

const Lint kSubjectText = {
    .name = "subject_text", .clause = "RFC 5280 4.1.2.6, X.520", .check = Check};

}  // namespace enkrat::ca::lints

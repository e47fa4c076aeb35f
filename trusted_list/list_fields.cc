#include "trusted_list/list_fields.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "trusted_list/list_names.h"
#include "xml/time.h"

namespace enkrat::trusted_list {
namespace {

absl::StatusOr<std::string> TrimmedText(xml::Element element) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, element.Text());
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace

absl::Status Refuse(absl::string_view why) {
  return MakeError(Reason::kRequestMalformed, absl::StrCat("trusted list: ", why));
}

absl::StatusOr<xml::Element> Field(xml::Element parent, absl::string_view name) {
  absl::StatusOr<xml::Element> child = parent.Child(kListNamespace, name);
  if (!child.ok()) return Refuse(child.status().message());
  return child;
}

absl::StatusOr<std::string> TextField(xml::Element parent, absl::string_view name) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element field, Field(parent, name));
  ENKRAT_ASSIGN_OR_RETURN(std::string text, TrimmedText(field));
  if (text.empty()) return Refuse(absl::StrCat(name, " is empty"));
  return text;
}

absl::StatusOr<int> NumberField(xml::Element parent, absl::string_view name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, TextField(parent, name));
  int number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < 0) {
    return Refuse(absl::StrCat(name, " is not a number"));
  }
  return number;
}

absl::StatusOr<absl::Time> TimeField(xml::Element parent, absl::string_view name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string text, TextField(parent, name));
  const std::optional<absl::Time> time = xml::ParseDateTime(text);
  if (!time.has_value()) return Refuse(absl::StrCat(name, " is not a time in UTC"));
  return *time;
}

absl::StatusOr<std::string> NameField(xml::Element parent, absl::string_view name) {
  ENKRAT_ASSIGN_OR_RETURN(const xml::Element field, Field(parent, name));
  const std::vector<xml::Element> names = field.Children(kListNamespace, "Name");
  if (names.empty()) return Refuse(absl::StrCat(name, " has no name"));
  for (const xml::Element in_a_language : names) {
    if (absl::AsciiStrToLower(in_a_language.Language()) == "en") return TrimmedText(in_a_language);
  }
  return TrimmedText(names.front());
}

}  // namespace enkrat::trusted_list

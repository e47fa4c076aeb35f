#include "pades/dictionary_text.h"

#include <cmath>
#include <qpdf/QPDFObjectHandle.hh>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace enkrat::pades {

DictionaryText DictionaryText::Of(QPDFObjectHandle dictionary) {
  DictionaryText text;
  for (const std::string& key : dictionary.getKeys()) {
    // The key as it must be written: "/A#20B".
    text.entries_[QPDFObjectHandle::newName(key).unparse()] = dictionary.getKey(key).unparse();
  }
  return text;
}

std::string DictionaryText::Entries() const {
  std::string text;
  const auto add = [&](const std::string& key, const std::string& value) {
    absl::StrAppend(&text, text.empty() ? "" : " ", key, " ", value);
  };
  for (const char* first : {"/Type", "/Subtype"}) {
    if (auto found = entries_.find(first); found != entries_.end()) add(first, found->second);
  }
  for (const auto& [key, value] : entries_) {
    if (key != "/Type" && key != "/Subtype") add(key, value);
  }
  return text;
}

std::string DictionaryText::ToString() const { return absl::StrCat("<< ", Entries(), " >>"); }

std::string ReferenceText(int number, int generation) {
  return absl::StrCat(number, " ", generation, " R");
}

std::string ArrayElements(QPDFObjectHandle array) {
  if (!array.isArray()) return "";
  std::string text;
  for (QPDFObjectHandle& element : array.getArrayAsVector()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", element.unparse());
  }
  return text;
}

std::string TextString(absl::string_view utf8) {
  return QPDFObjectHandle::newUnicodeString(std::string(utf8)).unparse();
}

std::string NumberText(double number) {
  std::string text = absl::StrFormat("%.3f", number);
  while (absl::EndsWith(text, "0")) text.pop_back();
  if (absl::EndsWith(text, ".")) text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace enkrat::pades

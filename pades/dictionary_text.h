// A PDF dictionary as text, so that an update can repeat an object of the document with an entry
// more or another value and leave all else as it was.
#ifndef ENKRAT_PADES_DICTIONARY_TEXT_H_
#define ENKRAT_PADES_DICTIONARY_TEXT_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"

class QPDFObjectHandle;

namespace enkrat::pades {

// A value. Keys are written as in PDF, "/Type"; values are PDF syntax.
class DictionaryText {
 public:
  DictionaryText() = default;
  // References stay references. `dictionary` must be one (that of a stream is not enough).
  static DictionaryText Of(QPDFObjectHandle dictionary);

  DictionaryText& Set(const std::string& key, std::string value) {
    entries_[key] = std::move(value);
    return *this;
  }
  // All entries of `other`, in place of those of the same keys.
  void Merge(const DictionaryText& other) {
    for (const auto& [key, value] : other.entries_) entries_[key] = value;
  }
  void Remove(const std::string& key) { entries_.erase(key); }
  bool Has(const std::string& key) const { return entries_.contains(key); }
  // "<< /Key value >>"; "/Type" and "/Subtype" first, as people expect them.
  std::string ToString() const;
  // What stands between "<<" and ">>".
  std::string Entries() const;

 private:
  std::map<std::string, std::string> entries_;
};

// "5 0 R".
std::string ReferenceText(int number, int generation = 0);
// The elements of an array of the document, as they are written in an array; empty if it is none.
std::string ArrayElements(QPDFObjectHandle array);
// A text string (ISO 32000-1 7.9.2.2) of valid UTF-8.
std::string TextString(absl::string_view utf8);
// A number with at most three decimals.
std::string NumberText(double number);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_DICTIONARY_TEXT_H_

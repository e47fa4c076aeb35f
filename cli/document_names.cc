#include "cli/document_names.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMaxOctets = 200;  // leaves room for "-1000.cert.pem" in the 255 of most systems

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The first octets, not cutting a UTF-8 character.
absl::string_view Shortened(absl::string_view text) {
  if (text.size() <= kMaxOctets) return text;
  size_t size = kMaxOctets;
  while (size > 0 && Continues(text[size])) --size;
  return text.substr(0, size);
}

std::string NameOf(absl::string_view label) {
  const size_t separator = label.find_last_of("/\\");
  if (separator != absl::string_view::npos) label.remove_prefix(separator + 1);
  while (!label.empty() && label.front() == '.') label.remove_prefix(1);
  std::string name(Shortened(label));
  for (char& c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  return name.empty() ? "document" : name;
}

}  // namespace

std::vector<std::string> DocumentNames(const std::vector<std::string>& labels) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& label : labels) {
    const std::string name = NameOf(label);
    std::string unique = name;
    for (size_t n = 2; !taken.insert(unique).second; ++n) unique = absl::StrCat(name, "-", n);
    names.push_back(unique);
  }
  return names;
}

}  // namespace enkrat::cli

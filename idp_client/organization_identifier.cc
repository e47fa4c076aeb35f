#include "idp_client/organization_identifier.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace enkrat::idp_client {
namespace {

constexpr absl::string_view kSchemes[] = {"VAT", "NTR", "PSD", "LEI", "EOR", "EXC"};
constexpr size_t kMaxPartCharacters = 3;

bool IsUpper(char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }
bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// Two letters A-Z at the front are taken off.
bool ConsumeCountry(absl::string_view& text) {
  if (text.size() < 2 || !IsUpper(text[0]) || !IsUpper(text[1])) return false;
  text.remove_prefix(2);
  return true;
}

bool ConsumeScheme(absl::string_view& text) {
  for (const absl::string_view scheme : kSchemes) {
    if (absl::ConsumePrefix(&text, scheme)) return true;
  }
  return ConsumeCountry(text) && absl::ConsumePrefix(&text, ":");
}

// "+" and its part of a country, if there is one.
bool ConsumePart(absl::string_view& text) {
  if (!absl::ConsumePrefix(&text, "+")) return true;
  size_t size = 0;
  while (size < text.size() && IsAlnum(text[size]) && !absl::ascii_islower(text[size])) ++size;
  text.remove_prefix(size);
  return size >= 1 && size <= kMaxPartCharacters;
}

// X.680 41.4, table 10: PrintableString, here without the space.
bool IsReferenceCharacter(char c) {
  return IsAlnum(c) || absl::string_view("'()+,-./:=?").find(c) != absl::string_view::npos;
}

}  // namespace

bool IsOrganizationIdentifier(absl::string_view text) {
  if (text.size() > kMaxOrganizationIdentifierCharacters) return false;
  return ConsumeScheme(text) && ConsumeCountry(text) && ConsumePart(text) &&
         absl::ConsumePrefix(&text, "-") && !text.empty() &&
         std::all_of(text.begin(), text.end(), IsReferenceCharacter);
}

}  // namespace enkrat::idp_client

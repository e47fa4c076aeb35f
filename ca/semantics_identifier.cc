#include "ca/semantics_identifier.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace enkrat::ca {
namespace {

constexpr size_t kTypeSize = 3;
constexpr size_t kCountrySize = 2;
constexpr size_t kLeiSize = 20;  // ISO 17442
constexpr size_t kMaxSubdivisionSize = 3;

bool IsUpperOrDigit(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return absl::ascii_isupper(octet) || absl::ascii_isdigit(octet);
}

bool IsAlphanumericUpper(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), IsUpperOrDigit);
}

// What stands behind the dash.
bool IsIdentifierPart(absl::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ';
}

// "+HE" of "NTRDE+HE-123456"; nothing is as good.
bool ConsumeSubdivision(absl::string_view& rest) {
  if (!absl::ConsumePrefix(&rest, "+")) return true;
  const size_t size = rest.find('-');
  if (size == absl::string_view::npos || size == 0 || size > kMaxSubdivisionSize) return false;
  const bool allowed = IsAlphanumericUpper(rest.substr(0, size));
  rest.remove_prefix(size);
  return allowed;
}

bool IsLei(absl::string_view country, absl::string_view identifier) {
  return country == "XG" && identifier.size() == kLeiSize && IsAlphanumericUpper(identifier);
}

// Two to eight letters of the authority, a dash, the authorisation.
bool IsPaymentServiceAuthorisation(absl::string_view identifier) {
  const size_t dash = identifier.find('-');
  if (dash == absl::string_view::npos || dash < 2 || dash > 8) return false;
  const absl::string_view authority = identifier.substr(0, dash);
  return std::all_of(authority.begin(), authority.end(),
                     [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }) &&
         IsIdentifierPart(identifier.substr(dash + 1));
}

}  // namespace

bool IsCountryShape(absl::string_view text) {
  return text.size() == kCountrySize && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1]));
}

bool IsPrintableString(absl::string_view text) {
  static constexpr absl::string_view kPunctuation = " '()+,-./:=?";
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(kPunctuation, c);
  });
}

bool IsNaturalPersonIdentifier(absl::string_view text) {
  static constexpr std::array<absl::string_view, 5> kTypes = {"PAS", "IDC", "PNO", "TIN", "EID"};
  if (text.size() < 7 || text[5] != '-') return false;
  if (!IsIdentifierPart(text.substr(6)) || !IsCountryShape(text.substr(3, 2))) return false;
  return std::find(kTypes.begin(), kTypes.end(), text.substr(0, kTypeSize)) != kTypes.end();
}

bool IsLegalPersonIdentifier(absl::string_view text) {
  static constexpr std::array<absl::string_view, 4> kPlainTypes = {"VAT", "NTR", "EOR", "EXC"};
  if (text.size() < 7 || !IsPrintableString(text)) return false;
  const absl::string_view type = text.substr(0, kTypeSize);
  const absl::string_view country = text.substr(kTypeSize, kCountrySize);
  absl::string_view rest = text.substr(kTypeSize + kCountrySize);
  if (!IsCountryShape(country)) return false;
  if (type == "NTR" && !ConsumeSubdivision(rest)) return false;
  if (!absl::ConsumePrefix(&rest, "-") || !IsIdentifierPart(rest)) return false;
  if (type == "LEI") return IsLei(country, rest);
  if (type == "PSD") return IsPaymentServiceAuthorisation(rest);
  return std::find(kPlainTypes.begin(), kPlainTypes.end(), type) != kPlainTypes.end();
}

}  // namespace enkrat::ca

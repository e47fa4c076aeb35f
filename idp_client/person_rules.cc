#include "idp_client/person_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "idp_client/oidc_settings.h"

namespace enkrat::idp_client {
namespace {

constexpr size_t kMaxSubjectCharacters = 255;
// serialNumber has 64 characters, of which "PNOSI-" takes 6.
constexpr size_t kMaxIdentifierCharacters = 58;
constexpr size_t kPseudonymCharacters = 32;
// Nobody who is alive was born earlier.
constexpr int kEarliestYearOfBirth = 1850;

absl::Status Reject(absl::string_view what, absl::string_view why) {
  return MakeError(Reason::kAssertionRejected, absl::StrCat(what, " ", why));
}

// X.520: serialNumber is compared by caseIgnoreMatch.
bool HasPseudonymForm(absl::string_view identifier) {
  return identifier.size() == kPseudonymCharacters &&
         std::all_of(identifier.begin(), identifier.end(),
                     [](unsigned char c) { return absl::ascii_isxdigit(c); });
}

// X.680 41.4, table 10: PrintableString, here without the space.
bool IsIdentifierCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("'()+,-./:=?").find(c) != absl::string_view::npos;
}

// YYYY-MM-DD of a day that there was or will be (ISO 8601; OpenID Connect Core 1.0 5.1 would allow
// a year alone, and 0000 for a year that is withheld).
bool IsDate(absl::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const absl::string_view digits : {text.substr(0, 4), text.substr(5, 2), text.substr(8)}) {
    if (!std::all_of(digits.begin(), digits.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c); })) {
      return false;
    }
  }
  const bool read = absl::SimpleAtoi(text.substr(0, 4), &year) &&
                    absl::SimpleAtoi(text.substr(5, 2), &month) &&
                    absl::SimpleAtoi(text.substr(8), &day);
  const absl::CivilDay civil(year, month, day);  // brings 30 February to 1 or 2 March
  return read && year >= kEarliestYearOfBirth && civil.month() == month && civil.day() == day;
}

}  // namespace

absl::Status CheckSubject(absl::string_view what, absl::string_view subject) {
  const absl::Status visible = CheckVisibleText(subject, kMaxSubjectCharacters);
  return visible.ok() ? visible : Reject(what, visible.message());
}

absl::StatusOr<std::string> NormalisedAttribute(absl::string_view what, const std::string& raw,
                                                size_t max_characters) {
  if (raw.empty()) return "";
  absl::StatusOr<std::string> text = NormaliseText(raw);
  if (!text.ok()) return Reject(what, text.status().message());
  if (const absl::Status visible = CheckVisibleText(*text, max_characters); !visible.ok()) {
    return Reject(what, visible.message());
  }
  return text;
}

absl::StatusOr<std::string> NormalisedName(absl::string_view what, const std::string& raw) {
  ENKRAT_ASSIGN_OR_RETURN(std::string text, NormalisedAttribute(what, raw));
  if (text.empty()) return text;
  if (const absl::Status is_name = CheckPersonName(text, kMaxNameCharacters); !is_name.ok()) {
    return Reject(what, is_name.message());
  }
  return text;
}

absl::Status CheckCountry(absl::string_view what, absl::string_view country) {
  return IsCountryCode(country) ? absl::OkStatus() : Reject(what, "is not a country");
}

absl::Status CheckIdentifier(absl::string_view what, absl::string_view type,
                             absl::string_view identifier) {
  if (identifier.empty()) return Reject(what, "is missing");
  if (identifier.size() > kMaxIdentifierCharacters ||
      !std::all_of(identifier.begin(), identifier.end(), IsIdentifierCharacter)) {
    return Reject(what, "is not an identifier");
  }
  if (type == "EID" && HasPseudonymForm(identifier)) {
    return Reject(what, "has the form of a pseudonym of ours");
  }
  return absl::OkStatus();
}

absl::Status CheckDateOfBirth(absl::string_view what, absl::string_view date) {
  return IsDate(date) ? absl::OkStatus() : Reject(what, "is not a date");
}

}  // namespace enkrat::idp_client

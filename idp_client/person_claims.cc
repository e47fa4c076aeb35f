#include "idp_client/person_claims.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "idp_client/mandate_claims.h"
#include "idp_client/oidc_settings.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr size_t kMaxNameCharacters = 64;
constexpr size_t kMaxSubjectCharacters = 255;
// serialNumber has 64 characters, of which "PNOSI-" takes 6.
constexpr size_t kMaxIdentifierCharacters = 58;
constexpr size_t kPseudonymCharacters = 32;
// Nobody who is alive was born earlier.
constexpr int kEarliestYearOfBirth = 1850;

absl::Status Reject(absl::string_view claim, absl::string_view why) {
  return MakeError(Reason::kAssertionRejected, absl::StrCat("claim ", claim, " ", why));
}

// A claim's text as it came; "" if it is missing or empty.
absl::StatusOr<std::string> ReadOctets(const json& claims, const std::string& name) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return "";
  if (!claim->is_string()) return Reject(name, "is not a text");
  return claim->get<std::string>();
}

// `sub`, not normalised.
absl::StatusOr<std::string> ReadSubject(const json& claims) {
  ENKRAT_ASSIGN_OR_RETURN(std::string subject, ReadOctets(claims, "sub"));
  if (const absl::Status visible = CheckVisibleText(subject, kMaxSubjectCharacters);
      !visible.ok()) {
    return Reject("sub", visible.message());
  }
  return subject;
}

// A claim's text in NFC; "" if it is missing or empty.
absl::StatusOr<std::string> ReadText(const json& claims, const std::string& name,
                                     size_t max_characters) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string raw, ReadOctets(claims, name));
  if (raw.empty()) return "";
  absl::StatusOr<std::string> text = NormaliseText(raw);
  if (!text.ok()) return Reject(name, text.status().message());
  if (const absl::Status visible = CheckVisibleText(*text, max_characters); !visible.ok()) {
    return Reject(name, visible.message());
  }
  return text;
}

absl::StatusOr<std::string> ReadName(const json& claims, const std::string& name) {
  ENKRAT_ASSIGN_OR_RETURN(std::string text, ReadText(claims, name, kMaxNameCharacters));
  if (text.empty()) return text;
  if (const absl::Status is_name = CheckPersonName(text, kMaxNameCharacters); !is_name.ok()) {
    return Reject(name, is_name.message());
  }
  return text;
}

absl::StatusOr<std::string> ReadRequiredText(const json& claims, const std::string& name,
                                             size_t max_characters) {
  ENKRAT_ASSIGN_OR_RETURN(std::string text, ReadText(claims, name, max_characters));
  if (text.empty()) return Reject(name, "is missing");
  return text;
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

// Names, or the pseudonym in their place.
absl::Status ReadNames(const json& claims, const ClaimMapping& mapping,
                       VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.given_name, ReadName(claims, mapping.given_name));
  ENKRAT_ASSIGN_OR_RETURN(identity.surname, ReadName(claims, mapping.surname));
  if (!mapping.pseudonym.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.pseudonym,
                            ReadRequiredText(claims, mapping.pseudonym, kMaxNameCharacters));
  } else if (identity.given_name.empty() && identity.surname.empty()) {
    return MakeError(Reason::kAssertionRejected, "token names nobody");
  }
  return absl::OkStatus();
}

absl::Status ReadIdentifier(const json& claims, const ClaimMapping& mapping,
                            VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.identifier,
                          ReadRequiredText(claims, mapping.identifier, kMaxIdentifierCharacters));
  if (!std::all_of(identity.identifier.begin(), identity.identifier.end(), IsIdentifierCharacter)) {
    return Reject(mapping.identifier, "is not an identifier");
  }
  if (mapping.identifier_type == "EID" && HasPseudonymForm(identity.identifier)) {
    return Reject(mapping.identifier, "has the form of a pseudonym of ours");
  }
  identity.identifier_type = mapping.identifier_type;
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadPerson(const json& claims, const ClaimMapping& mapping,
                        VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.subject, ReadSubject(claims));
  ENKRAT_RETURN_IF_ERROR(ReadNames(claims, mapping, identity));
  identity.country = mapping.fixed_country;
  if (!mapping.country.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.country,
                            ReadRequiredText(claims, mapping.country, kMaxNameCharacters));
    if (!IsCountryCode(identity.country)) return Reject(mapping.country, "is not a country");
  }
  if (!mapping.identifier.empty()) {
    ENKRAT_RETURN_IF_ERROR(ReadIdentifier(claims, mapping, identity));
  }
  if (!mapping.date_of_birth.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.date_of_birth, ReadOctets(claims, mapping.date_of_birth));
    if (!IsDate(identity.date_of_birth)) return Reject(mapping.date_of_birth, "is not a date");
  }
  ENKRAT_ASSIGN_OR_RETURN(identity.mandates, ReadMandates(claims, mapping.mandates));
  return absl::OkStatus();
}

}  // namespace enkrat::idp_client

#include "idp_client/person_claims.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "idp_client/oidc_settings.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr size_t kMaxNameCharacters = 64;
constexpr size_t kMaxSubjectCharacters = 255;
// serialNumber has 64 characters, of which "PNOSI-" takes 6.
constexpr size_t kMaxIdentifierCharacters = 58;
constexpr size_t kPseudonymCharacters = 32;

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

}  // namespace

absl::Status ReadPerson(const json& claims, const ClaimMapping& mapping,
                        VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.subject, ReadSubject(claims));
  ENKRAT_ASSIGN_OR_RETURN(identity.given_name, ReadName(claims, mapping.given_name));
  ENKRAT_ASSIGN_OR_RETURN(identity.surname, ReadName(claims, mapping.surname));
  if (identity.given_name.empty() && identity.surname.empty()) {
    return MakeError(Reason::kAssertionRejected, "token names nobody");
  }
  identity.country = mapping.fixed_country;
  if (!mapping.country.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.country,
                            ReadRequiredText(claims, mapping.country, kMaxNameCharacters));
    if (!IsCountryCode(identity.country)) return Reject(mapping.country, "is not a country");
  }
  if (mapping.identifier.empty()) return absl::OkStatus();
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

}  // namespace enkrat::idp_client

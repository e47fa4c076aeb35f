#include "idp_client/person_claims.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/mandate_claims.h"
#include "idp_client/person_rules.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }
std::string Called(absl::string_view claim) { return absl::StrCat("claim ", claim); }

// A claim's text as it came; "" if it is missing or empty.
absl::StatusOr<std::string> ReadOctets(const json& claims, const std::string& name) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return "";
  if (!claim->is_string()) return Reject(absl::StrCat(Called(name), " is not a text"));
  return claim->get<std::string>();
}

absl::StatusOr<std::string> ReadName(const json& claims, const std::string& name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string raw, ReadOctets(claims, name));
  return NormalisedName(Called(name), raw);
}

absl::StatusOr<std::string> ReadPseudonym(const json& claims, const std::string& name) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string raw, ReadOctets(claims, name));
  if (raw.empty()) return Reject(absl::StrCat(Called(name), " is missing"));
  return NormalisedAttribute(Called(name), raw);
}

// Names, or the pseudonym in their place.
absl::Status ReadNames(const json& claims, const ClaimMapping& mapping,
                       VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.given_name, ReadName(claims, mapping.given_name));
  ENKRAT_ASSIGN_OR_RETURN(identity.surname, ReadName(claims, mapping.surname));
  if (!mapping.pseudonym.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.pseudonym, ReadPseudonym(claims, mapping.pseudonym));
  } else if (identity.given_name.empty() && identity.surname.empty()) {
    return Reject("token names nobody");
  }
  return absl::OkStatus();
}

absl::Status ReadParticulars(const json& claims, const ClaimMapping& mapping,
                             VerifiedIdentity& identity) {
  identity.country = mapping.fixed_country;
  if (!mapping.country.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.country, ReadOctets(claims, mapping.country));
    ENKRAT_RETURN_IF_ERROR(CheckCountry(Called(mapping.country), identity.country));
  }
  if (!mapping.identifier.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.identifier, ReadOctets(claims, mapping.identifier));
    identity.identifier_type = mapping.identifier_type;
    ENKRAT_RETURN_IF_ERROR(
        CheckIdentifier(Called(mapping.identifier), identity.identifier_type, identity.identifier));
  }
  if (!mapping.date_of_birth.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.date_of_birth, ReadOctets(claims, mapping.date_of_birth));
    ENKRAT_RETURN_IF_ERROR(CheckDateOfBirth(Called(mapping.date_of_birth), identity.date_of_birth));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadPerson(const json& claims, const ClaimMapping& mapping,
                        VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(identity.subject, ReadOctets(claims, "sub"));
  ENKRAT_RETURN_IF_ERROR(CheckSubject(Called("sub"), identity.subject));
  ENKRAT_RETURN_IF_ERROR(ReadNames(claims, mapping, identity));
  ENKRAT_RETURN_IF_ERROR(ReadParticulars(claims, mapping, identity));
  ENKRAT_ASSIGN_OR_RETURN(identity.mandates, ReadMandates(claims, mapping.mandates));
  return absl::OkStatus();
}

}  // namespace enkrat::idp_client

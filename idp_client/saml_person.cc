#include "idp_client/saml_person.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/mandate_claims.h"
#include "idp_client/organization_identifier.h"
#include "idp_client/person_rules.h"
#include "idp_client/saml_names.h"

namespace enkrat::idp_client {
namespace {

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }
std::string Called(const std::string& name) { return absl::StrCat("attribute ", name); }

// The attributes of an assertion by their names.
class Attributes {
 public:
  static absl::StatusOr<Attributes> Read(xml::Element assertion) {
    Attributes all;
    for (const xml::Element statement : assertion.Children(kSamlNamespace, "AttributeStatement")) {
      for (const xml::Element attribute : statement.Children()) {
        const std::optional<std::string> name = attribute.Attribute("Name");
        if (!attribute.Is(kSamlNamespace, "Attribute") || !name.has_value()) {
          return Reject("attribute statement holds what it must not");
        }
        if (!all.by_name_.emplace(*name, attribute).second) all.twice_[*name] = true;
      }
    }
    return all;
  }

  // Its values; none if there is no such attribute.
  absl::StatusOr<std::vector<std::string>> Values(const std::string& name) const {
    std::vector<std::string> values;
    const auto attribute = by_name_.find(name);
    if (attribute == by_name_.end()) return values;
    if (twice_.count(name) > 0) return Reject(absl::StrCat(Called(name), " is there twice"));
    for (const xml::Element value : attribute->second.Children(kSamlNamespace, "AttributeValue")) {
      absl::StatusOr<std::string> text = value.Text();
      if (!text.ok()) return Reject(absl::StrCat(Called(name), " is not text alone"));
      values.push_back(*std::move(text));
    }
    return values;
  }

  // Its one value; "" if it is not mapped, missing or empty.
  absl::StatusOr<std::string> Value(const std::string& name) const {
    if (name.empty()) return "";
    ENKRAT_ASSIGN_OR_RETURN(std::vector<std::string> values, Values(name));
    if (values.size() > 1) return Reject(absl::StrCat(Called(name), " has several values"));
    return values.empty() ? "" : std::move(values.front());
  }

 private:
  std::map<std::string, xml::Element> by_name_;
  std::map<std::string, bool> twice_;
};

absl::Status CheckQualifiers(xml::Element name_id, const SamlIdentityProvider& provider) {
  const std::string ours = name_id.Attribute("SPNameQualifier").value_or("");
  if (name_id.Attribute("NameQualifier").value_or(provider.entity_id) != provider.entity_id ||
      (!ours.empty() && std::find(provider.audiences.begin(), provider.audiences.end(), ours) ==
                            provider.audiences.end())) {
    return Reject("NameID is qualified for somebody else");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadNameId(xml::Element assertion,
                                       const SamlIdentityProvider& provider) {
  absl::StatusOr<xml::Element> name_id = assertion.Child(kSamlNamespace, "Subject");
  if (name_id.ok()) name_id = name_id->Child(kSamlNamespace, "NameID");
  if (!name_id.ok()) return Reject(absl::StrCat("assertion: ", name_id.status().message()));
  // Every format is a name space of its own, and whoever writes the AuthnRequest chooses one (core
  // 3.4.1.1, 8.3): of two, a text could name two persons. Of this one no name is ever given again.
  if (name_id->Attribute("Format") != kPersistentFormat) return Reject("NameID is not persistent");
  ENKRAT_RETURN_IF_ERROR(CheckQualifiers(*name_id, provider));
  absl::StatusOr<std::string> text = name_id->Text();
  if (!text.ok()) return Reject("NameID is not text alone");
  return text;
}

absl::Status ReadNames(const Attributes& attributes, const SamlAttributeMapping& mapping,
                       VerifiedIdentity& identity) {
  ENKRAT_ASSIGN_OR_RETURN(const std::string given_name, attributes.Value(mapping.given_name));
  ENKRAT_ASSIGN_OR_RETURN(identity.given_name,
                          NormalisedName(Called(mapping.given_name), given_name));
  ENKRAT_ASSIGN_OR_RETURN(const std::string surname, attributes.Value(mapping.surname));
  ENKRAT_ASSIGN_OR_RETURN(identity.surname, NormalisedName(Called(mapping.surname), surname));
  if (!mapping.pseudonym.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const std::string pseudonym, attributes.Value(mapping.pseudonym));
    ENKRAT_ASSIGN_OR_RETURN(identity.pseudonym,
                            NormalisedAttribute(Called(mapping.pseudonym), pseudonym));
    if (pseudonym.empty()) return Reject(absl::StrCat(Called(mapping.pseudonym), " is missing"));
  } else if (identity.given_name.empty() && identity.surname.empty()) {
    return Reject("assertion names nobody");
  }
  return absl::OkStatus();
}

absl::Status ReadParticulars(const Attributes& attributes, const SamlAttributeMapping& mapping,
                             VerifiedIdentity& identity) {
  identity.country = mapping.fixed_country;
  if (!mapping.country.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.country, attributes.Value(mapping.country));
    ENKRAT_RETURN_IF_ERROR(CheckCountry(Called(mapping.country), identity.country));
  }
  if (!mapping.identifier.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.identifier, attributes.Value(mapping.identifier));
    identity.identifier_type = mapping.identifier_type;
    ENKRAT_RETURN_IF_ERROR(
        CheckIdentifier(Called(mapping.identifier), identity.identifier_type, identity.identifier));
  }
  if (!mapping.date_of_birth.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.date_of_birth, attributes.Value(mapping.date_of_birth));
    ENKRAT_RETURN_IF_ERROR(CheckDateOfBirth(Called(mapping.date_of_birth), identity.date_of_birth));
  }
  return absl::OkStatus();
}

absl::Status ReadMandates(const Attributes& attributes, const SamlAttributeMapping& mapping,
                          VerifiedIdentity& identity) {
  if (mapping.organization_identifier.empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<std::string> identifiers,
                          attributes.Values(mapping.organization_identifier));
  if (identifiers.size() > kMaxMandates) return Reject("assertion holds too many mandates");
  std::vector<std::string> names;
  if (!mapping.organization.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(names, attributes.Values(mapping.organization));
    if (!names.empty() && names.size() != identifiers.size()) {
      return Reject(absl::StrCat(Called(mapping.organization), " has not a name for each mandate"));
    }
  }
  names.resize(identifiers.size());
  for (size_t i = 0; i < identifiers.size(); ++i) {
    if (!IsOrganizationIdentifier(identifiers[i])) {
      return Reject(absl::StrCat(Called(mapping.organization_identifier),
                                 " is not an organisation identifier"));
    }
    ENKRAT_ASSIGN_OR_RETURN(
        std::string name,
        NormalisedAttribute(Called(mapping.organization), names[i], kMaxOrganizationCharacters));
    identity.mandates.push_back({identifiers[i], std::move(name)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadSamlPerson(xml::Element assertion, const SamlIdentityProvider& provider,
                            VerifiedIdentity& identity) {
  const SamlAttributeMapping& mapping = provider.attributes;
  ENKRAT_ASSIGN_OR_RETURN(const Attributes attributes, Attributes::Read(assertion));
  if (mapping.subject.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(identity.subject, ReadNameId(assertion, provider));
    ENKRAT_RETURN_IF_ERROR(CheckSubject("NameID", identity.subject));
  } else {
    ENKRAT_ASSIGN_OR_RETURN(identity.subject, attributes.Value(mapping.subject));
    ENKRAT_RETURN_IF_ERROR(CheckSubject(Called(mapping.subject), identity.subject));
  }
  ENKRAT_RETURN_IF_ERROR(ReadNames(attributes, mapping, identity));
  ENKRAT_RETURN_IF_ERROR(ReadParticulars(attributes, mapping, identity));
  return ReadMandates(attributes, mapping, identity);
}

}  // namespace enkrat::idp_client

#include "idp_client/mandate_claims.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "idp_client/organization_identifier.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

// X.520: ub-organization-name is 64, which registered names exceed; EN 319 412-3 lifts it.
constexpr size_t kMaxOrganizationCharacters = 256;

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

absl::StatusOr<std::string> ReadIdentifier(const json& value) {
  if (!value.is_string()) return Reject("holds no organisation identifier");
  const std::string& identifier = value.get_ref<const std::string&>();
  if (!IsOrganizationIdentifier(identifier)) return Reject("holds no organisation identifier");
  return identifier;
}

absl::StatusOr<std::string> ReadOrganization(const json& value) {
  if (!value.is_string()) return Reject("has an organisation that is not a text");
  absl::StatusOr<std::string> name = NormaliseText(value.get_ref<const std::string&>());
  if (!name.ok() || !CheckVisibleText(*name, kMaxOrganizationCharacters).ok()) {
    return Reject("has an organisation that is not a visible text");
  }
  return name;
}

absl::StatusOr<Mandate> ReadMandate(const json& value) {
  Mandate mandate;
  if (!value.is_object()) {
    ENKRAT_ASSIGN_OR_RETURN(mandate.organization_identifier, ReadIdentifier(value));
    return mandate;
  }
  const auto identifier = value.find("organization_identifier");
  if (identifier == value.end()) return Reject("has a mandate for nobody");
  ENKRAT_ASSIGN_OR_RETURN(mandate.organization_identifier, ReadIdentifier(*identifier));
  size_t understood = 1;
  if (const auto organization = value.find("organization"); organization != value.end()) {
    ENKRAT_ASSIGN_OR_RETURN(mandate.organization, ReadOrganization(*organization));
    ++understood;
  }
  if (value.size() != understood) return Reject("has a mandate with an unknown member");
  return mandate;
}

}  // namespace

absl::StatusOr<std::vector<Mandate>> ReadMandates(const json& claims, const std::string& name) {
  std::vector<Mandate> mandates;
  if (name.empty()) return mandates;
  const auto claim = claims.find(name);
  if (claim == claims.end()) return mandates;
  const std::string context = absl::StrCat("claim ", name);
  if (!claim->is_array() || claim->size() > kMaxMandates) {
    return WithContext(Reject("is not an array of at most 16 mandates"), context);
  }
  for (const json& value : *claim) {
    absl::StatusOr<Mandate> mandate = ReadMandate(value);
    if (!mandate.ok()) return WithContext(mandate.status(), context);
    mandates.push_back(*std::move(mandate));
  }
  return mandates;
}

}  // namespace enkrat::idp_client

#include "signer/person_record.h"

#include <nlohmann/json.hpp>
#include <string>

#include "common/time_text.h"

namespace enkrat::signer {
namespace {

using Json = nlohmann::ordered_json;

Json MandateFacts(const idp_client::Mandate& mandate) {
  return {{"organization_identifier", mandate.organization_identifier},
          {"organization", mandate.organization}};
}

bool Same(const idp_client::Mandate& a, const idp_client::Mandate& b) {
  return a.organization_identifier == b.organization_identifier && a.organization == b.organization;
}

// `subject` need not be UTF-8: replaced, not thrown at.
Bytes Octets(const Json& json) {
  return ToBytes(AsSpan(json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace

store::PersonRecord MakePersonRecord(const idp_client::VerifiedIdentity& identity,
                                     ByteSpan person_hash, const idp_client::Mandate* mandate) {
  const Json rests_on = {
      {"issuer", identity.issuer},
      {"subject", identity.subject},
      {"given_name", identity.given_name},
      {"surname", identity.surname},
      {"country", identity.country},
      {"identifier_type", identity.identifier_type},
      {"identifier", identity.identifier},
      {"pseudonym", identity.pseudonym},
      {"level_of_assurance",
       std::string(idp_client::LevelOfAssuranceName(identity.level_of_assurance))},
      {"authentication_context", identity.authentication_context},
      {"authentication_methods", identity.authentication_methods},
      {"authenticated_at", TimeText(identity.authenticated_at)},
      {"mandate", mandate == nullptr ? Json(nullptr) : MandateFacts(*mandate)}};
  Json other = Json::object();
  if (!identity.date_of_birth.empty()) other["date_of_birth"] = identity.date_of_birth;
  for (const idp_client::Mandate& unused : identity.mandates) {
    if (mandate == nullptr || !Same(unused, *mandate)) {
      other["mandates_not_used"].push_back(MandateFacts(unused));
    }
  }
  return {.subject_key = ToBytes(person_hash),
          .identity = Octets(rests_on),
          .particulars = other.empty() ? Bytes() : Octets(other)};
}

}  // namespace enkrat::signer

#include "idp_client/authorized_act_claim.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/reason.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr char kClaim[] = "authorization_details";
constexpr size_t kMaxDetails = 16;

absl::Status Reject(absl::string_view why) { return MakeError(Reason::kAssertionRejected, why); }

}  // namespace

json AuthorizedActJson(const AuthorizedAct& act) {
  json documents = json::array();
  for (const AuthorizedDocument& document : act.documents) {
    documents.push_back({{"label", document.label},
                         {"digest_algorithm", document.digest_algorithm_oid},
                         {"digest", ToBase64Url(document.digest)}});
  }
  json details = {{"type", kDocumentSigningType},
                  {"relying_party", act.relying_party},
                  {"request_id", act.request_id},
                  {"level", act.level},
                  {"kind", act.kind},
                  {"documents", std::move(documents)}};
  if (!act.organization_identifier.empty()) {
    details["organization_identifier"] = act.organization_identifier;
  }
  return details;
}

std::string AuthorizationDetailsText(const AuthorizedAct& act) {
  return json::array({AuthorizedActJson(act)}).dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<ActBinding> CheckAuthorizedAct(const json& claims, const AuthorizedAct* act) {
  const auto all = claims.find(kClaim);
  if (all == claims.end()) return ActBinding::kAbsent;
  if (!all->is_array() || all->empty() || all->size() > kMaxDetails) {
    return Reject("authorization_details is not an array of 1 to 16 values");
  }
  const json* ours = nullptr;
  for (const json& details : *all) {
    if (!details.is_object()) return Reject("authorization_details holds what is not an object");
    const auto type = details.find("type");
    if (type == details.end() || !type->is_string()) {
      return Reject("authorization_details has an object without a type");
    }
    if (*type != kDocumentSigningType) continue;
    if (ours != nullptr) return Reject("authorization_details authorises two acts");
    ours = &details;
  }
  if (ours == nullptr) return ActBinding::kAbsent;
  // Equal as JSON values: the same members, each with the same text, arrays in the same order.
  if (act == nullptr || *ours != AuthorizedActJson(*act)) {
    return Reject("authorization_details authorises another act");
  }
  return ActBinding::kMatches;
}

}  // namespace enkrat::idp_client

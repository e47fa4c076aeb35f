#include "idp_client/key_set.h"

#include <nlohmann/json.hpp>

#include "common/reason.h"
#include "common/status_macros.h"
#include "idp_client/json_object.h"

namespace enkrat::idp_client {
namespace {

using nlohmann::json;

constexpr JsonBounds kBounds = {.size = kMaxKeySetSize, .depth = 8, .values = 4096};

}  // namespace

absl::StatusOr<KeySet> KeySet::FromJson(absl::string_view text) {
  ENKRAT_ASSIGN_OR_RETURN(const json document, ParseJsonObject(text, kBounds));
  const auto jwks = document.find("keys");
  if (jwks == document.end() || !jwks->is_array()) {
    return MakeError(Reason::kRequestMalformed, "JWK Set has no keys");
  }
  if (jwks->size() > kMaxKeys) {
    return MakeError(Reason::kLimitExceeded, "JWK Set has too many keys");
  }
  std::vector<VerificationKey> keys;
  for (const json& jwk : *jwks) {
    absl::StatusOr<VerificationKey> key = VerificationKey::FromJwk(jwk);
    if (key.ok()) keys.push_back(*std::move(key));
  }
  return KeySet(std::move(keys));
}

const VerificationKey* KeySet::Find(const SignatureAlgorithm& algorithm,
                                    absl::string_view kid) const {
  const VerificationKey* found = nullptr;
  for (const VerificationKey& key : keys_) {
    if (!key.Fits(algorithm) || (!kid.empty() && key.kid() != kid)) continue;
    if (found != nullptr) return nullptr;
    found = &key;
  }
  return found;
}

}  // namespace enkrat::idp_client

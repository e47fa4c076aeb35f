#include "tools/demo_idp/provider.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "tools/demo_idp/token_claims.h"

namespace enkrat::demo_idp {
namespace {

using server::HttpRequest;
using server::HttpResponse;

HttpResponse Json(int status, const nlohmann::json& body) {
  return {.status = status,
          .content_type = "application/json",
          .body = ToBytes(absl::string_view(body.dump())),
          .headers = {{"Cache-Control", "no-store"}}};
}

// RFC 6749 5.2.
HttpResponse Refuse(int status, absl::string_view error, absl::string_view description) {
  return Json(status,
              {{"error", std::string(error)}, {"error_description", std::string(description)}});
}

HttpResponse Refuse(const absl::Status& status) {
  if (ReasonOf(status) == Reason::kRequestMalformed) {
    return Refuse(400, "invalid_request", absl::string_view(status.message()));
  }
  return Refuse(500, "server_error", absl::string_view(status.message()));
}

// The array of /tokens: objects whose values are text or whole numbers.
absl::StatusOr<std::vector<Form>> ParseTokenList(const Bytes& body, size_t limit) {
  const nlohmann::json list =
      nlohmann::json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!list.is_array() || list.empty() || list.size() > limit) {
    return MakeError(Reason::kRequestMalformed,
                     absl::StrCat("the body is not a JSON array of 1 to ", limit, " objects"));
  }
  std::vector<Form> forms;
  for (const nlohmann::json& entry : list) {
    if (!entry.is_object()) {
      return MakeError(Reason::kRequestMalformed, "an entry of the array is not an object");
    }
    Form& form = forms.emplace_back();
    for (const auto& [name, value] : entry.items()) {
      if (!value.is_string() && !value.is_number_integer()) {
        return MakeError(Reason::kRequestMalformed, "a field is neither text nor a whole number");
      }
      form.emplace(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return forms;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Provider>> Provider::Create(const std::string& algorithm,
                                                           const Clock& clock) {
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<IdTokenKey> key, IdTokenKey::Generate(algorithm));
  return std::unique_ptr<Provider>(new Provider(std::move(key), clock));
}

void Provider::SetIssuer(const std::string& issuer) {
  const MutexLock lock(mutex_);
  issuer_ = issuer;
}

HttpResponse Provider::Answer(const HttpRequest& request) {
  const bool get = request.method == "GET";
  const bool known_get =
      request.path == "/.well-known/openid-configuration" || request.path == "/jwks";
  const bool known_post =
      request.path == "/token" || request.path == "/tokens" || request.path == "/rotate";
  if (!known_get && !known_post) return Refuse(404, "not_found", "there is no such endpoint");
  if (get != known_get || (!get && request.method != "POST")) {
    return Refuse(405, "invalid_request", "the endpoint does not take this method");
  }
  if (request.path == "/jwks") return Jwks();
  if (known_get) return Discovery();
  if (request.path == "/token") return OneToken(request.body);
  if (request.path == "/tokens") return ManyTokens(request.body);
  return Rotate();
}

HttpResponse Provider::Discovery() const {
  const MutexLock lock(mutex_);
  return Json(200, {{"issuer", issuer_},
                    {"jwks_uri", issuer_ + "/jwks"},
                    {"token_endpoint", issuer_ + "/token"},
                    {"response_types_supported", {"id_token"}},
                    {"subject_types_supported", {"public"}},
                    {"acr_values_supported",
                     {"urn:enkrat:loa:low", "urn:enkrat:loa:substantial", "urn:enkrat:loa:high"}},
                    {"id_token_signing_alg_values_supported", {key_->algorithm()}}});
}

HttpResponse Provider::Jwks() const {
  const MutexLock lock(mutex_);
  nlohmann::json keys = nlohmann::json::array({nlohmann::json::parse(key_->public_jwk())});
  if (previous_key_ != nullptr) {
    keys.push_back(nlohmann::json::parse(previous_key_->public_jwk()));
  }
  return Json(200, {{"keys", std::move(keys)}});
}

HttpResponse Provider::OneToken(const Bytes& body) const {
  const absl::StatusOr<Form> fields = ParseForm(ToString(body));
  if (!fields.ok()) return Refuse(fields.status());
  const absl::StatusOr<std::string> token = Mint(*fields);
  if (!token.ok()) return Refuse(token.status());
  return Json(200, {{"id_token", *token}, {"token_type", "N_A"}});
}

HttpResponse Provider::ManyTokens(const Bytes& body) const {
  const absl::StatusOr<std::vector<Form>> list = ParseTokenList(body, kMaxTokensPerCall);
  if (!list.ok()) return Refuse(list.status());
  nlohmann::json tokens = nlohmann::json::array();
  for (const Form& fields : *list) {
    absl::StatusOr<std::string> token = Mint(fields);
    if (!token.ok()) return Refuse(token.status());
    tokens.push_back(*std::move(token));
  }
  return Json(200, {{"id_tokens", std::move(tokens)}});
}

HttpResponse Provider::Rotate() {
  KeyPtr current;
  {
    const MutexLock lock(mutex_);
    current = key_;
  }
  absl::StatusOr<std::unique_ptr<IdTokenKey>> next = IdTokenKey::Generate(current->algorithm());
  if (!next.ok()) return Refuse(next.status());
  const std::string kid = (*next)->id();
  const MutexLock lock(mutex_);
  previous_key_ = std::move(key_);
  key_ = *std::move(next);
  return Json(200, {{"kid", kid}});
}

absl::StatusOr<std::string> Provider::Mint(const Form& fields) const {
  KeyPtr key;
  std::string issuer;
  {
    const MutexLock lock(mutex_);
    key = key_;
    issuer = issuer_;
  }
  ENKRAT_ASSIGN_OR_RETURN(const IdTokenContent content,
                          MakeIdTokenContent(fields, issuer, clock_.Now()));
  return key->Sign(content.payload, content.kid.empty() ? key->id() : content.kid);
}

}  // namespace enkrat::demo_idp

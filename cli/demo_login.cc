#include "cli/demo_login.h"

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/connection.h"
#include "cli/http_exchange.h"
#include "cli/outcome.h"
#include "common/loopback.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "http_client/curl_fetcher.h"

namespace enkrat::cli {
namespace {

constexpr size_t kMostAnswerOctets = 16 * 1024 * 1024;  // 10 000 tokens

std::map<std::string, std::string> Fields(const LoginArguments& arguments) {
  std::map<std::string, std::string> fields = {{"sub", arguments.subject},
                                               {"nonce", arguments.nonce},
                                               {"aud", arguments.audience},
                                               {"acr", arguments.acr},
                                               {"given_name", arguments.given_name},
                                               {"family_name", arguments.family_name},
                                               {"country", arguments.country},
                                               {"mandates", arguments.mandate},
                                               {"amr", arguments.amr}};
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  return fields;
}

std::string Escape(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_') {
      escaped.push_back(c);
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

absl::StatusOr<nlohmann::json> Ask(const std::string& url, const std::string& content_type,
                                   const std::string& body, absl::Duration timeout) {
  if (!IsLoopbackUrl(url)) {
    return UsageError("--idp must be a http:// or https:// address of this machine");
  }
  ENKRAT_ASSIGN_OR_RETURN(const auto fetcher, http_client::CurlFetcher::Create());
  ENKRAT_ASSIGN_OR_RETURN(const HttpResponse response,
                          Exchange(*fetcher, {.url = url,
                                              .content_type = content_type,
                                              .body = ToBytes(absl::string_view(body)),
                                              .max_response_size = kMostAnswerOctets,
                                              .timeout = timeout,
                                              .plain_http = PlainHttp::kOnLoopback}));
  nlohmann::json answer = nlohmann::json::parse(response.body.begin(), response.body.end(), nullptr,
                                                /*allow_exceptions=*/false);
  if (response.status != 200 || !answer.is_object()) {
    return MakeError(Reason::kRequestMalformed,
                     absl::StrCat("the identity provider answered HTTP ", response.status));
  }
  return answer;
}

// A name from a terminal in another encoding must not end the program.
std::string Text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::Status NoToken() {
  return MakeError(Reason::kRequestMalformed, "the identity provider's answer holds no token");
}

}  // namespace

std::string LoginForm(const LoginArguments& arguments) {
  std::string form;
  for (const auto& [name, value] : Fields(arguments)) {
    absl::StrAppend(&form, form.empty() ? "" : "&", name, "=", Escape(value));
  }
  return form;
}

absl::StatusOr<std::string> Login(const LoginArguments& arguments, absl::Duration timeout) {
  ENKRAT_ASSIGN_OR_RETURN(const nlohmann::json answer,
                          Ask(arguments.idp_url + "/token", "application/x-www-form-urlencoded",
                              LoginForm(arguments), timeout));
  const auto token = answer.find("id_token");
  if (token == answer.end() || !token->is_string()) return NoToken();
  return token->get<std::string>();
}

absl::StatusOr<std::vector<std::string>> LoginMany(const LoginArguments& arguments,
                                                   const std::vector<std::string>& nonces,
                                                   absl::Duration timeout) {
  nlohmann::json list = nlohmann::json::array();
  const auto fields = Fields(arguments);
  for (const std::string& nonce : nonces) {
    nlohmann::json& entry = list.emplace_back(fields);
    entry["nonce"] = nonce;
  }
  ENKRAT_ASSIGN_OR_RETURN(
      const nlohmann::json answer,
      Ask(arguments.idp_url + "/tokens", "application/json", Text(list), timeout));
  const auto tokens = answer.find("id_tokens");
  if (tokens == answer.end() || !tokens->is_array() || tokens->size() != nonces.size()) {
    return NoToken();
  }
  std::vector<std::string> result;
  for (const nlohmann::json& token : *tokens) {
    if (!token.is_string()) return NoToken();
    result.push_back(token.get<std::string>());
  }
  return result;
}

}  // namespace enkrat::cli

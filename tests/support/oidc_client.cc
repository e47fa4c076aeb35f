#include "tests/support/oidc_client.h"

#include <curl/curl.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::testing {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using nlohmann::json;

constexpr int kMostRedirects = 12;

absl::Status Fail(absl::string_view what) { return MakeError(Reason::kInternal, what); }

size_t Append(const char* octets, size_t, size_t count, void* text) {
  static_cast<std::string*>(text)->append(octets, count);
  return count;
}

std::string UrlEncode(const std::string& text) {
  char* escaped = curl_easy_escape(nullptr, text.c_str(), static_cast<int>(text.size()));
  std::string result = escaped;
  curl_free(escaped);
  return result;
}

std::string UrlDecode(const std::string& text) {
  int size = 0;
  char* plain = curl_easy_unescape(nullptr, text.c_str(), static_cast<int>(text.size()), &size);
  std::string result(plain, static_cast<size_t>(size));
  curl_free(plain);
  return result;
}

// application/x-www-form-urlencoded, without fields that are empty.
std::string FormOf(const Fields& fields) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) parts.push_back(absl::StrCat(name, "=", UrlEncode(value)));
  }
  return absl::StrJoin(parts, "&");
}

// The query of a URL.
std::map<std::string, std::string> QueryOf(const std::string& url) {
  std::map<std::string, std::string> fields;
  const size_t question = url.find('?');
  if (question == std::string::npos) return fields;
  for (const absl::string_view part : absl::StrSplit(url.substr(question + 1), '&')) {
    const std::pair<std::string, std::string> field = absl::StrSplit(part, absl::MaxSplits('=', 1));
    fields[field.first] = UrlDecode(field.second);
  }
  return fields;
}

std::string TextOf(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

// RFC 7636 4.2: S256.
std::string ChallengeOf(const std::string& verifier) {
  return ToBase64Url(Sha256(AsSpan(verifier)));
}

}  // namespace

// What a request came back with.
struct OidcClient::Page {
  long code = 0;
  std::string redirect = {};  // absolute; empty: none
  std::string body = {};
};

OidcClient::OidcClient(std::string issuer) : issuer_(std::move(issuer)), curl_(curl_easy_init()) {}

OidcClient::~OidcClient() { curl_easy_cleanup(curl_); }

absl::StatusOr<OidcClient::Page> OidcClient::Fetch(const std::string& url,
                                                   const std::string* form) {
  Page page;
  curl_easy_reset(curl_);  // cookies and connections stay
  curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl_, CURLOPT_COOKIEFILE, "");  // the cookie engine, with no file
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 20L);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &page.body);
  if (form != nullptr) curl_easy_setopt(curl_, CURLOPT_COPYPOSTFIELDS, form->c_str());
  if (const CURLcode code = curl_easy_perform(curl_); code != CURLE_OK) {
    return Fail(absl::StrCat(url, ": ", curl_easy_strerror(code)));
  }
  char* redirect = nullptr;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &page.code);
  curl_easy_getinfo(curl_, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) page.redirect = redirect;
  return page;
}

absl::Status OidcClient::Discover() {
  if (!token_endpoint_.empty()) return absl::OkStatus();
  ENKRAT_ASSIGN_OR_RETURN(
      const Page page, Fetch(absl::StrCat(issuer_, "/.well-known/openid-configuration"), nullptr));
  const json document = json::parse(page.body, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || TextOf(document, "issuer") != issuer_) {
    return Fail(absl::StrCat("discovery: ", page.body));
  }
  authorization_endpoint_ = TextOf(document, "authorization_endpoint");
  token_endpoint_ = TextOf(document, "token_endpoint");
  return absl::OkStatus();
}

absl::StatusOr<std::string> OidcClient::Authorize(const OidcLogin& login, const std::string& url,
                                                  int& pages) {
  const std::string answer = FormOf(Fields(login.answer.begin(), login.answer.end()));
  std::string next = url;
  bool answering = false;
  for (int i = 0; i < kMostRedirects; ++i) {
    ENKRAT_ASSIGN_OR_RETURN(const Page page, Fetch(next, answering ? &answer : nullptr));
    if (absl::StartsWith(page.redirect, login.redirect_uri)) return page.redirect;
    // A page without a redirect is one for the person, whose answer goes to the same place.
    const bool for_the_person = page.redirect.empty() && page.code == 200 && !answering;
    if (page.redirect.empty() && !for_the_person) {
      return Fail(absl::StrCat(next, ": ", page.code, " ", page.body));
    }
    answering = for_the_person;
    if (for_the_person) {
      ++pages;
    } else {
      next = page.redirect;
    }
  }
  return Fail("too many redirects");
}

absl::StatusOr<std::string> OidcClient::Exchange(const OidcLogin& login, const std::string& code,
                                                 const std::string& verifier) {
  const std::string form = FormOf({{"grant_type", "authorization_code"},
                                   {"client_id", login.client_id},
                                   {"code", code},
                                   {"code_verifier", verifier},
                                   {"redirect_uri", login.redirect_uri}});
  ENKRAT_ASSIGN_OR_RETURN(const Page page, Fetch(token_endpoint_, &form));
  const json tokens = json::parse(page.body, nullptr, /*allow_exceptions=*/false);
  if (page.code != 200 || !tokens.is_object() || TextOf(tokens, "id_token").empty()) {
    return Fail(absl::StrCat("token endpoint: ", page.code, " ", page.body));
  }
  return TextOf(tokens, "id_token");
}

absl::StatusOr<OidcTokens> OidcClient::Login(const OidcLogin& login) {
  ENKRAT_RETURN_IF_ERROR(Discover());
  const std::string verifier = ToBase64Url(RandomBytes(32));
  const std::string state = ToBase64Url(RandomBytes(16));
  Fields request = {{"client_id", login.client_id},
                    {"response_type", "code"},
                    {"scope", "openid"},
                    {"redirect_uri", login.redirect_uri},
                    {"state", state},
                    {"nonce", login.nonce},
                    {"code_challenge", ChallengeOf(verifier)},
                    {"code_challenge_method", "S256"},
                    {"acr_values", absl::StrJoin(login.acr_values, " ")},
                    {"claims", login.claims},
                    {"authorization_details", login.authorization_details}};
  if (login.max_age != absl::InfiniteDuration()) {
    request.emplace_back("max_age", absl::StrCat(absl::ToInt64Seconds(login.max_age)));
  }
  OidcTokens tokens;
  ENKRAT_ASSIGN_OR_RETURN(
      const std::string answer,
      Authorize(login, absl::StrCat(authorization_endpoint_, "?", FormOf(request)), tokens.pages));
  std::map<std::string, std::string> fields = QueryOf(answer);
  if (fields["state"] != state || fields["iss"] != issuer_ || fields["code"].empty()) {
    return Fail(absl::StrCat("authorization: ", answer));
  }
  ENKRAT_ASSIGN_OR_RETURN(tokens.id_token, Exchange(login, fields["code"], verifier));
  return tokens;
}

std::string PayloadOf(const std::string& token) {
  const std::vector<std::string> segments = absl::StrSplit(token, '.');
  if (segments.size() != 3) return "";
  return ToString(FromBase64Url(segments[1]).value_or(Bytes{}));
}

}  // namespace enkrat::testing

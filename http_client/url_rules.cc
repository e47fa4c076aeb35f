#include "http_client/url_rules.h"

#include <utility>

#include "absl/strings/strip.h"
#include "common/loopback.h"
#include "common/reason.h"

namespace enkrat::http_client {
namespace {

constexpr size_t kMaxUrlSize = 2048;

absl::Status Refuse(absl::string_view why) { return MakeError(Reason::kConfigurationInvalid, why); }

// A part of the URL; empty if it has none.
std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

// libcurl leaves an IPv6 address in its brackets.
absl::string_view WithoutBrackets(absl::string_view host) {
  absl::string_view inside = host;
  return absl::ConsumePrefix(&inside, "[") && absl::ConsumeSuffix(&inside, "]") ? inside : host;
}

}  // namespace

absl::StatusOr<CurlUrlPtr> ParseAllowedUrl(const std::string& url, PlainHttp plain_http) {
  if (url.empty() || url.size() > kMaxUrlSize) return Refuse("URL is empty or too long");
  if (url.find('\0') != std::string::npos) return Refuse("URL holds a NUL");
  CurlUrlPtr parsed(curl_url());
  if (parsed == nullptr) return MakeError(Reason::kInternal, "out of memory");
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return Refuse("URL cannot be parsed, or holds a user name");
  }
  const std::string scheme = Part(parsed.get(), CURLUPART_SCHEME);
  if (scheme == "https") return parsed;
  if (scheme != "http") return Refuse("URL is not https");
  if (plain_http == PlainHttp::kAnywhere) return parsed;
  if (plain_http == PlainHttp::kRefused) {
    return Refuse("URL is plain http, which is not allowed here");
  }
  const std::string host = Part(parsed.get(), CURLUPART_HOST);
  if (!IsLoopbackHost(WithoutBrackets(host))) {
    return Refuse("URL is plain http to another machine");
  }
  return parsed;
}

absl::Status CheckUsualPort(CURLU* url) {
  const std::string port = Part(url, CURLUPART_PORT);
  const std::string scheme = Part(url, CURLUPART_SCHEME);
  if (port.empty() || port == (scheme == "https" ? "443" : "80")) return absl::OkStatus();
  return Refuse("URL names an unusual port");
}

}  // namespace enkrat::http_client

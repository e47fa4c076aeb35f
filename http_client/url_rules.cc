#include "http_client/url_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <utility>

#include "absl/strings/strip.h"
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

}  // namespace

bool IsLoopbackHost(absl::string_view host) {
  if (host == "localhost") return true;
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) return false;
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

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
  if (!IsLoopbackHost(Part(parsed.get(), CURLUPART_HOST))) {
    return Refuse("URL is plain http to another machine");
  }
  return parsed;
}

}  // namespace enkrat::http_client

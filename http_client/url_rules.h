// Which addresses may be asked: https anywhere, plain http as far as the caller allows it.
#ifndef ENKRAT_HTTP_CLIENT_URL_RULES_H_
#define ENKRAT_HTTP_CLIENT_URL_RULES_H_

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/http_fetcher.h"

namespace enkrat::http_client {

struct CurlUrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrlPtr = std::unique_ptr<CURLU, CurlUrlDeleter>;

// The URL as libcurl itself reads it, so that what was checked is what is asked. The machine
// itself is localhost or a literal of 127.0.0.0/8 or ::1 (libcurl never asks a resolver for
// "localhost"). kConfigurationInvalid for anything else, for user names
// and for more than 2048 octets.
absl::StatusOr<CurlUrlPtr> ParseAllowedUrl(const std::string& url, PlainHttp plain_http);

// OK for port 80 of http and 443 of https; kConfigurationInvalid for any other: a stranger's URL
// shall not knock on other services' doors.
absl::Status CheckUsualPort(CURLU* url);

}  // namespace enkrat::http_client

#endif  // ENKRAT_HTTP_CLIENT_URL_RULES_H_

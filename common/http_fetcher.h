// One HTTP exchange as its user sees it. No network here: http_client/ does it with libcurl, tests
// with answers of their own.
#ifndef ENKRAT_COMMON_HTTP_FETCHER_H_
#define ENKRAT_COMMON_HTTP_FETCHER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat {

// Where http without TLS may go: nowhere; to this machine; or anywhere, for an answer that proves
// itself (RFC 3161 tokens are signed).
enum class PlainHttp { kRefused, kOnLoopback, kAnywhere };

struct HttpRequest {
  std::string url = {};           // https; http as far as plain_http allows it
  std::string content_type = {};  // with a body: POST; empty: GET
  Bytes body = {};
  size_t max_response_size = 64 * 1024;  // octets
  absl::Duration timeout = absl::Seconds(5);
  std::string tls_ca_file = {};  // PEM roots; empty: the system's
  PlainHttp plain_http = PlainHttp::kRefused;
  // For a URL that a stranger wrote: connects to public addresses only, whatever the name resolves
  // to, at ports 80 and 443, on a connection of its own.
  bool public_addresses_only = false;
};

struct HttpResponse {
  int status = 0;            // 200..599
  std::string content_type;  // as sent, lower case, without parameters
  Bytes body;
};

// Thread-safe.
class HttpFetcher {
 public:
  virtual ~HttpFetcher() = default;

  // An answer of any HTTP status. Redirects are not followed. kConfigurationInvalid for a URL that
  // is not allowed, or leads where it may not; kLimitExceeded for an answer that is too long;
  // kInternal otherwise (no connection, TLS, timeout): callers give it the reason that fits their
  // place.
  virtual absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) = 0;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_HTTP_FETCHER_H_

// HTTP through libcurl: TLS verified, no redirects, bounded in size and time.
#ifndef ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_
#define ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/http_fetcher.h"

namespace enkrat::http_client {

// Thread-safe; one a process, made in main (curl_global_init). Keeps connections for reuse.
class CurlFetcher final : public HttpFetcher {
 public:
  static absl::StatusOr<std::unique_ptr<CurlFetcher>> Create();
  ~CurlFetcher() override;

  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override;

 private:
  class Connections;
  explicit CurlFetcher(std::unique_ptr<Connections> connections);

  std::unique_ptr<Connections> connections_;
};

}  // namespace enkrat::http_client

#endif  // ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_

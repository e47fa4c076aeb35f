// HTTP through libcurl: TLS verified, no redirects, bounded in size and time.
#ifndef ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_
#define ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/http_fetcher.h"

namespace enkrat::http_client {

// Thread-safe; one a process is enough. Keeps connections for reuse.
class CurlFetcher final : public HttpFetcher {
 public:
  struct Options {
    // Kept open for reuse; more than these are closed after their answer.
    size_t most_idle_connections = 8;
  };
  static absl::StatusOr<std::unique_ptr<CurlFetcher>> Create() { return Create(Options()); }
  static absl::StatusOr<std::unique_ptr<CurlFetcher>> Create(Options options);
  ~CurlFetcher() override;

  absl::StatusOr<HttpResponse> Fetch(const HttpRequest& request) override;

 private:
  class Connections;
  explicit CurlFetcher(std::unique_ptr<Connections> connections);

  std::unique_ptr<Connections> connections_;
};

}  // namespace enkrat::http_client

#endif  // ENKRAT_HTTP_CLIENT_CURL_FETCHER_H_

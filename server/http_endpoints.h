// What the HTTP port answers: timestamps, CA certificates, figures, health.
#ifndef ENKRAT_SERVER_HTTP_ENDPOINTS_H_
#define ENKRAT_SERVER_HTTP_ENDPOINTS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "server/http_server.h"

namespace enkrat::server {

// Thread-safe if its parts are.
//   POST /tsa           application/timestamp-query -> application/timestamp-reply (RFC 3161 3.4)
//   GET  /ca/NAME.cer   application/pkix-cert (RFC 5280 4.2.2.1)
//   GET  /metrics       Prometheus text
//   GET  /healthz       200 "ok", or 503
class HttpEndpoints {
 public:
  struct Parts {
    // DER TimeStampReq to DER TimeStampResp, or an error when there is no room (503); empty
    // function: there is no own unit (404).
    std::function<absl::StatusOr<Bytes>(ByteSpan)> timestamp;
    std::map<std::string, Bytes> certificates;  // by NAME
    std::function<std::string()> metrics;
    std::function<bool()> healthy;
  };

  explicit HttpEndpoints(Parts parts) : parts_(std::move(parts)) {}

  HttpResponse Answer(const HttpRequest& request) const;
  // The same for all but /tsa: takes microseconds and never blocks.
  std::optional<HttpResponse> AnswerQuickly(const HttpRequest& request) const;

 private:
  HttpResponse AnswerTimestamp(const HttpRequest& request) const;
  HttpResponse AnswerGet(const HttpRequest& request) const;

  const Parts parts_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_HTTP_ENDPOINTS_H_

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
#include "signer/ocsp_responder.h"
#include "signer/published_crl.h"

namespace enkrat::server {

// Thread-safe if its parts are.
//   POST /tsa           application/timestamp-query -> application/timestamp-reply (RFC 3161 3.4)
//   POST /ocsp          application/ocsp-request -> application/ocsp-response (RFC 6960 A.1)
//   GET  /ocsp/BASE64   the same (RFC 5019 5)
//   GET  /crl/NAME.crl  application/pkix-crl (RFC 5280 4.2.1.13)
//   GET  /ca/NAME.cer   application/pkix-cert (RFC 5280 4.2.2.1)
//   GET  /metrics       Prometheus text
//   GET  /healthz       200 "ok", and a second line while timestamps are not available; or 503
class HttpEndpoints {
 public:
  struct Parts {
    // DER TimeStampReq to DER TimeStampResp, or an error when there is no room (503); empty
    // function: there is no own unit (404).
    std::function<absl::StatusOr<Bytes>(ByteSpan)> timestamp;
    // Whether this client address may ask for a timestamp now, or is told 429; empty: it may.
    std::function<bool(const std::string& peer)> admit = {};
    // An OCSPResponse for any octets, or an error when there is no room (503), or no responder
    // (kNotFound; 404), as without a function.
    std::function<absl::StatusOr<signer::OcspResponder::Reply>(ByteSpan)> ocsp = {};
    // By NAME; null: there is none (404).
    std::function<signer::PublishedCrlPtr(const std::string&)> crl = {};
    std::map<std::string, Bytes> certificates;  // by NAME
    // Of the own unit that answers now, as NAME timestamping-unit; empty: there is none (404).
    std::function<Bytes()> unit_certificate = {};
    std::function<std::string()> metrics;
    std::function<bool()> healthy;
    std::function<bool()> timestamps_available = {};  // empty: they are
  };

  explicit HttpEndpoints(Parts parts) : parts_(std::move(parts)) {}

  HttpResponse Answer(const HttpRequest& request) const;
  // The same for all but /tsa and /ocsp: takes microseconds and never blocks.
  std::optional<HttpResponse> AnswerQuickly(const HttpRequest& request) const;

 private:
  HttpResponse AnswerTimestamp(const HttpRequest& request) const;
  HttpResponse AnswerOcsp(const HttpRequest& request) const;
  HttpResponse AnswerGet(const HttpRequest& request) const;

  const Parts parts_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_HTTP_ENDPOINTS_H_

#include "server/http_endpoints.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/reason.h"
#include "server/ocsp_over_http.h"
#include "tsa/timestamp_unit.h"

namespace enkrat::server {
namespace {

constexpr char kTimestampQuery[] = "application/timestamp-query";
constexpr char kNoResponder[] = "There is no OCSP responder here.";
constexpr char kTimestampReply[] = "application/timestamp-reply";

HttpResponse Text(int status, absl::string_view text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = ToBytes(absl::StrCat(text, "\n")),
          .headers = {}};
}

HttpResponse Certificate(const Bytes& der, int max_age_seconds) {
  return {.status = 200,
          .content_type = "application/pkix-cert",
          .body = der,
          .headers = {{"Cache-Control", absl::StrCat("public, max-age=", max_age_seconds)}}};
}

HttpResponse MethodNotAllowed(const char* allowed) {
  HttpResponse response = Text(405, "Method not allowed.");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

// The media type without its parameters (RFC 9110 8.3.1).
std::string MediaType(const std::string& content_type) {
  return absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
}

}  // namespace

HttpResponse HttpEndpoints::Answer(const HttpRequest& request) const {
  if (std::optional<HttpResponse> quick = AnswerQuickly(request)) return *std::move(quick);
  return IsOcspPath(request.path) ? AnswerOcsp(request) : AnswerTimestamp(request);
}

std::optional<HttpResponse> HttpEndpoints::AnswerQuickly(const HttpRequest& request) const {
  if (request.path == "/tsa" || IsOcspPath(request.path)) return std::nullopt;
  HttpResponse response = AnswerGet(request);
  if (response.status == 404 || request.method == "GET" || request.method == "HEAD") {
    return response;
  }
  return MethodNotAllowed("GET, HEAD");
}

HttpResponse HttpEndpoints::AnswerTimestamp(const HttpRequest& request) const {
  if (!parts_.timestamp) return Text(404, "There is no timestamping unit here.");
  if (request.method != "POST") return MethodNotAllowed("POST");
  if (MediaType(request.content_type) != kTimestampQuery) {
    return Text(415, absl::StrCat("Send a DER TimeStampReq as ", kTimestampQuery, "."));
  }
  if (request.body.size() > tsa::kMaxRequestSize) return Text(413, "The request is too large.");
  if (parts_.admit && !parts_.admit(request.peer)) {
    HttpResponse slower = Text(429, "Too many requests from this address.");
    slower.headers.emplace_back("Retry-After", "1");
    return slower;
  }
  absl::StatusOr<Bytes> reply = parts_.timestamp(request.body);
  if (!reply.ok()) {
    HttpResponse busy = Text(503, "The service is busy. Try again later.");
    busy.headers.emplace_back("Retry-After", "1");
    return busy;
  }
  return {.status = 200,
          .content_type = kTimestampReply,
          .body = *std::move(reply),
          .headers = {{"Cache-Control", "no-store"}}};
}

HttpResponse HttpEndpoints::AnswerOcsp(const HttpRequest& request) const {
  if (!parts_.ocsp) return Text(404, kNoResponder);
  const bool post = request.path == kOcspPath;
  if (post != (request.method == "POST")) return MethodNotAllowed(post ? "POST" : "GET, HEAD");
  std::optional<Bytes> query;
  if (post) {
    if (MediaType(request.content_type) != kOcspRequestType) {
      return Text(415, absl::StrCat("Send a DER OCSPRequest as ", kOcspRequestType, "."));
    }
    query = request.body;
  } else {
    query = OcspRequestInPath(request.path);
  }
  if (query.has_value() && query->size() > ca::kMaxOcspRequest) {
    return Text(413, "The request is too large.");
  }
  // What cannot be decoded is answered as what it is: a malformed request.
  const auto reply = parts_.ocsp(query.value_or(Bytes()));
  if (!reply.ok()) {
    if (ReasonOf(reply.status()) == Reason::kNotFound) return Text(404, kNoResponder);
    HttpResponse busy = Text(503, "The service is busy. Try again later.");
    busy.headers.emplace_back("Retry-After", "1");
    return busy;
  }
  return {.status = 200,
          .content_type = kOcspResponseType,
          .body = reply->response_der,
          .headers = OcspHeaders(*reply)};
}

HttpResponse HttpEndpoints::AnswerGet(const HttpRequest& request) const {
  if (request.path == "/healthz") {
    if (!parts_.healthy()) return Text(503, "not serving");
    const bool timestamps = !parts_.timestamps_available || parts_.timestamps_available();
    return Text(200, timestamps ? "ok" : "ok\ntimestamps: not available");
  }
  if (request.path == "/metrics") {
    return {.status = 200,
            .content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = ToBytes(parts_.metrics()),
            .headers = {}};
  }
  absl::string_view name = request.path;
  if (absl::ConsumePrefix(&name, "/ca/") && absl::ConsumeSuffix(&name, ".cer")) {
    const auto found = parts_.certificates.find(std::string(name));
    if (found != parts_.certificates.end()) return Certificate(found->second, 3600);
    // Another one may answer soon.
    if (parts_.unit_certificate && name == "timestamping-unit") {
      return Certificate(parts_.unit_certificate(), 60);
    }
  }
  name = request.path;
  if (parts_.crl && absl::ConsumePrefix(&name, "/crl/") && absl::ConsumeSuffix(&name, ".crl")) {
    if (const signer::PublishedCrlPtr crl = parts_.crl(std::string(name)); crl != nullptr) {
      return {.status = 200,
              .content_type = "application/pkix-crl",
              .body = crl->der,
              .headers = CrlHeaders(*crl)};
    }
  }
  return Text(404, "There is nothing here.");
}

}  // namespace enkrat::server

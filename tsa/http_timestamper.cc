#include "tsa/http_timestamper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/loopback.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "tsa/response.h"
#include "tsa/timestamp_request.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kMaxResponseSize = kMaxTokenSize + 1024;  // the token with its status
constexpr absl::Duration kLeastTimeout = absl::Milliseconds(10);
constexpr absl::Duration kMostTimeout = absl::Minutes(1);
// What two clocks and a slow answer may differ by; an older token is a replay or a broken clock.
constexpr absl::Duration kMostTimeDifference = absl::Minutes(5);
constexpr int kHttpOk = 200;

absl::Status Unavailable(absl::string_view why) {
  return MakeError(Reason::kTimestampUnavailable, why);
}

// INTEGER content octets, positive, 8 of them: what an answer to another request cannot know.
Bytes NewNonce() {
  Bytes nonce = RandomBytes(8);
  nonce[0] = static_cast<uint8_t>((nonce[0] & 0x3f) | 0x40);
  return nonce;
}

absl::Status CheckAnswer(const HttpResponse& response) {
  if (response.status != kHttpOk) {
    return Unavailable(absl::StrCat("the TSA answered HTTP status ", response.status));
  }
  if (response.content_type != "application/timestamp-reply") {
    return Unavailable("the TSA's answer is no application/timestamp-reply");
  }
  if (response.body.size() > kMaxResponseSize) return Unavailable("the TSA's answer is too long");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpTimestamper>> HttpTimestamper::Create(Options options) {
  if (options.fetcher == nullptr || options.clock == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "an HTTP timestamper needs fetcher and clock");
  }
  // Found at the start; the fetcher holds every request to the same rule.
  const bool any_http = options.plain_http && absl::StartsWith(options.url, "http://");
  if (!absl::StartsWith(options.url, "https://") && !any_http && !IsLoopbackUrl(options.url)) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the TSA's URL is neither https nor http on a loopback address");
  }
  if (options.timeout < kLeastTimeout || options.timeout > kMostTimeout) {
    return MakeError(Reason::kConfigurationInvalid,
                     "the TSA's timeout is not within 10 ms and 60 s");
  }
  ENKRAT_ASSIGN_OR_RETURN(std::unique_ptr<TokenVerifier> verifier,
                          TokenVerifier::Create(options.trusted_roots_der));
  return std::unique_ptr<HttpTimestamper>(
      new HttpTimestamper(std::move(options), std::move(verifier)));
}

HttpTimestamper::HttpTimestamper(Options options, std::unique_ptr<TokenVerifier> verifier)
    : options_(std::move(options)), verifier_(std::move(verifier)) {}
HttpTimestamper::~HttpTimestamper() = default;

absl::StatusOr<IssuedTimestamp> HttpTimestamper::Timestamp(const MessageImprint& imprint,
                                                           absl::Time deadline) {
  if (imprint.digest.size() != DigestSize(imprint.algorithm)) {
    return MakeError(Reason::kDigestUnsupported, "the digest is not as long as its algorithm says");
  }
  const Bytes nonce = NewNonce();
  ENKRAT_ASSIGN_OR_RETURN(const HttpResponse response,
                          Ask(EncodeTimestampRequest(imprint, nonce), deadline));
  ENKRAT_RETURN_IF_ERROR(CheckAnswer(response));
  std::optional<Bytes> token_der = TokenOfResponse(response.body);
  if (!token_der) return Unavailable("the TSA did not grant a timestamp");
  absl::StatusOr<Token> token = Verify(*token_der, deadline);
  if (!token.ok()) {
    return Unavailable(absl::StrCat("the TSA's token: ", token.status().message()));
  }
  ENKRAT_RETURN_IF_ERROR(CheckAgainstRequest(*token, imprint, nonce));
  return IssuedTimestamp{.token_der = *std::move(token_der),
                         .gen_time = token->gen_time,
                         .serial_number = std::move(token->serial_number),
                         .policy_oid = std::move(token->policy_oid)};
}

absl::StatusOr<Token> HttpTimestamper::Verify(ByteSpan token_der, absl::Time deadline) const {
  absl::StatusOr<Token> verified = verifier_->Verify(token_der);
  if (verified.ok() || !options_.issuers) return verified;
  const absl::StatusOr<Token> token = ParseToken(token_der);
  if (!token.ok() || token->signer_certificate_der.empty()) return verified;
  const std::vector<Bytes> issuers = options_.issuers(*token, deadline);
  return issuers.empty() ? verified : verifier_->Verify(token_der, issuers);
}

absl::StatusOr<HttpResponse> HttpTimestamper::Ask(Bytes request_der, absl::Time deadline) const {
  const absl::Duration left = deadline - options_.clock->Now();
  if (left < kLeastTimeout) {
    return MakeError(Reason::kDeadlineTooShort, "no time is left to ask for a timestamp");
  }
  absl::StatusOr<HttpResponse> response = options_.fetcher->Fetch(
      {.url = options_.url,
       .content_type = "application/timestamp-query",
       .body = std::move(request_der),
       .max_response_size = kMaxResponseSize,
       .timeout = std::min(options_.timeout, left),
       .tls_ca_file = options_.tls_ca_file,
       .plain_http = options_.plain_http ? PlainHttp::kAnywhere : PlainHttp::kOnLoopback});
  if (response.ok()) return response;
  const bool late = options_.clock->Now() >= deadline;
  return MakeError(late ? Reason::kDeadlineTooShort : Reason::kTimestampUnavailable,
                   absl::StrCat("asking the TSA: ", response.status().message()));
}

absl::Status HttpTimestamper::CheckAgainstRequest(const Token& token, const MessageImprint& imprint,
                                                  ByteSpan nonce) const {
  if (token.imprint.algorithm != imprint.algorithm || token.imprint.digest != imprint.digest) {
    return Unavailable("the TSA's token is over another imprint");
  }
  if (ByteSpan(token.nonce) != nonce) return Unavailable("the TSA's token has another nonce");
  if (absl::AbsDuration(token.gen_time - options_.clock->Now()) > kMostTimeDifference) {
    return Unavailable("the TSA's time is too far from ours");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::tsa

// A TSA that somebody else runs, asked over HTTP (RFC 3161 3.4).
#ifndef ENKRAT_TSA_HTTP_TIMESTAMPER_H_
#define ENKRAT_TSA_HTTP_TIMESTAMPER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/http_fetcher.h"
#include "tsa/timestamper.h"
#include "tsa/token.h"
#include "tsa/token_verifier.h"

namespace enkrat::tsa {

// Thread-safe. Every token is verified (TokenVerifier) and compared with the request (imprint,
// nonce, time) before it is returned.
class HttpTimestamper final : public Timestamper {
 public:
  struct Options {
    std::string url;  // https, or http on a loopback address
    // Also http to any address: tokens prove themselves, but who asks for how many can be seen.
    bool plain_http = false;
    std::vector<Bytes> trusted_roots_der;
    std::string tls_ca_file = "";  // empty: the system's
    absl::Duration timeout = absl::Seconds(5);
    // Certificates between the signer of a token that does not hold and a root, if they can be had
    // from elsewhere; the token is judged once more with them. Optional.
    std::function<std::vector<Bytes>(const Token& token, absl::Time deadline)> issuers = {};
    HttpFetcher* fetcher = nullptr;  // not owned; required
    const Clock* clock = nullptr;    // not owned; required
  };
  // kConfigurationInvalid for another URL, no roots, a timeout that is not within 10 ms
  // and 60 s, a missing fetcher or clock.
  static absl::StatusOr<std::unique_ptr<HttpTimestamper>> Create(Options options);
  ~HttpTimestamper() override;

  // kDigestUnsupported for a digest of the wrong length; kDeadlineTooShort when the deadline leaves
  // no time to ask, or passed while asking in vain; kTimestampUnavailable for whatever else the TSA
  // or the way to it did wrong: the message says what.
  absl::StatusOr<IssuedTimestamp> Timestamp(const MessageImprint& imprint,
                                            absl::Time deadline) override;

 private:
  HttpTimestamper(Options options, std::unique_ptr<TokenVerifier> verifier);

  absl::StatusOr<Token> Verify(ByteSpan token_der, absl::Time deadline) const;
  absl::StatusOr<HttpResponse> Ask(Bytes request_der, absl::Time deadline) const;
  absl::Status CheckAgainstRequest(const Token& token, const MessageImprint& imprint,
                                   ByteSpan nonce) const;

  const Options options_;
  const std::unique_ptr<TokenVerifier> verifier_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_HTTP_TIMESTAMPER_H_

// A TSA that somebody else runs, asked over HTTP (RFC 3161 3.4).
#ifndef ENKRAT_TSA_HTTP_TIMESTAMPER_H_
#define ENKRAT_TSA_HTTP_TIMESTAMPER_H_

#include <memory>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/http_fetcher.h"
#include "tsa/timestamper.h"

namespace enkrat::tsa {

// Thread-safe. Every token is checked against the request (imprint, nonce, policy), its signature
// and the trusted roots before it is returned.
class HttpTimestamper final : public Timestamper {
 public:
  struct Options {
    std::string url;  // https, or http on a loopback address
    std::vector<Bytes> trusted_roots_der;
    std::string tls_ca_file = "";  // empty: the system's
    absl::Duration timeout = absl::Seconds(5);
    HttpFetcher* fetcher = nullptr;  // not owned; required
    const Clock* clock = nullptr;    // not owned; required
  };
  static absl::StatusOr<std::unique_ptr<HttpTimestamper>> Create(Options options);
  ~HttpTimestamper() override;

  absl::StatusOr<IssuedTimestamp> Timestamp(const MessageImprint& imprint,
                                            absl::Time deadline) override;

 private:
  class Trust;
  HttpTimestamper(Options options, std::unique_ptr<Trust> trust);

  Options options_;
  std::unique_ptr<Trust> trust_;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_HTTP_TIMESTAMPER_H_

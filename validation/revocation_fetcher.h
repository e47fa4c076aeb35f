// Gets what a signature did not bring along: issuers' certificates (AIA), CRLs and OCSP responses.
// Only where the caller allowed it.
#ifndef ENKRAT_VALIDATION_REVOCATION_FETCHER_H_
#define ENKRAT_VALIDATION_REVOCATION_FETCHER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/http_fetcher.h"

namespace enkrat::validation {

// Thread-safe. URLs are a stranger's: http and https, no redirects, bounded in size and time.
class RevocationFetcher {
 public:
  virtual ~RevocationFetcher() = default;
  // DER certificate, or the certificates of a .p7c, at an http(s) URL of an AIA caIssuers.
  virtual absl::StatusOr<std::vector<Bytes>> FetchIssuers(const std::string& url,
                                                          absl::Time deadline) = 0;
  virtual absl::StatusOr<Bytes> FetchCrl(const std::string& url, absl::Time deadline) = 0;
  // RFC 6960 appendix A: POST. The response as it came: who asked sees to its nonce and signature.
  virtual absl::StatusOr<Bytes> FetchOcsp(const std::string& url, ByteSpan request_der,
                                          absl::Time deadline) = 0;

  struct Options {
    HttpFetcher* http = nullptr;  // not owned; required: sees to addresses, sizes and times
    int max_fetches = 32;         // for one validation; the caller makes a fetcher for each
    absl::Duration longest_fetch = absl::Seconds(10);  // of one; a deadline may be nearer
    // False for an intranet's own CAs, and for tests: also private addresses and other ports.
    bool public_addresses_only = true;
  };
  static absl::StatusOr<std::unique_ptr<RevocationFetcher>> Create(Options options);
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_REVOCATION_FETCHER_H_

// One RFC 3161 timestamp, from the client's side: the query, and what must hold before the answer
// is kept.
#ifndef ENKRAT_CLI_TIMESTAMP_QUERY_H_
#define ENKRAT_CLI_TIMESTAMP_QUERY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/http_fetcher.h"

namespace enkrat::cli {

// What a checked token says.
struct TimestampFacts {
  Bytes token_der;  // TimeStampToken
  absl::Time gen_time;
  std::string serial_number;  // lower-case hexadecimal
  std::string policy;         // dotted decimal
};

// Immutable value.
class TimestampQuery {
 public:
  // A query with a random 64-bit nonce that asks for the unit's certificate.
  static absl::StatusOr<TimestampQuery> Create(DigestAlgorithm algorithm, ByteSpan digest);

  // DER TimeStampReq (RFC 3161 2.4.1).
  const Bytes& der() const { return der_; }
  // The request that asks a unit over HTTP (RFC 3161 3.4), with TLS or without: the answer is
  // signed. At most 64 KiB of it are read.
  HttpRequest OverHttp(const std::string& url, absl::Duration timeout) const;

  // Checks a DER TimeStampResp as RFC 3161 2.2 asks of a requester: granted, version, the query's
  // messageImprint and nonce, and the token's signature under the certificate inside it. Whether
  // that certificate is trusted is for `enkrat verify`. kRequestMalformed, with the unit's words if
  // it refused.
  absl::StatusOr<TimestampFacts> CheckResponse(ByteSpan response_der) const;

 private:
  explicit TimestampQuery(Bytes der) : der_(std::move(der)) {}

  Bytes der_;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_TIMESTAMP_QUERY_H_

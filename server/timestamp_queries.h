// RFC 3161 queries to the own unit, from whichever door: answered, counted, and logged when they
// fail, because the asker sees no more than a PKIFailureInfo.
#ifndef ENKRAT_SERVER_TIMESTAMP_QUERIES_H_
#define ENKRAT_SERVER_TIMESTAMP_QUERIES_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/log.h"
#include "server/metrics.h"
#include "signer/local_timestamper.h"

namespace enkrat::server {

// Thread-safe. Owns nothing.
class TimestampQueries {
 public:
  TimestampQueries(signer::LocalTimestamper& unit, Metrics& metrics, Logger& logger)
      : unit_(unit), metrics_(metrics), logger_(logger) {}

  // A DER TimeStampResp for any octets. `via`: "http" or "grpc".
  Bytes Answer(ByteSpan request_der, absl::Time deadline, absl::string_view via);

 private:
  signer::LocalTimestamper& unit_;
  Metrics& metrics_;
  Logger& logger_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_TIMESTAMP_QUERIES_H_

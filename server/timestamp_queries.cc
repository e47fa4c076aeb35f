#include "server/timestamp_queries.h"

#include <utility>

#include "common/reason.h"

namespace enkrat::server {

Bytes TimestampQueries::Answer(ByteSpan request_der, absl::Time deadline, absl::string_view via) {
  signer::LocalTimestamper::Reply reply = unit_.Respond(request_der, deadline);
  const absl::string_view result = reply.status.ok() ? "OK" : ReasonName(ReasonOf(reply.status));
  metrics_.CountTimestamp(via, result);
  // A query that cannot be read is its sender's affair, and anybody can send many.
  if (!reply.status.ok() && ReasonOf(reply.status) != Reason::kRequestMalformed) {
    logger_.Warning("timestamp",
                    {{"via", via}, {"reason", result}, {"why", reply.status.message()}});
  }
  return std::move(reply.response_der);
}

}  // namespace enkrat::server

#include "cli/service_timestamp.h"

#include "cli/wire.h"
#include "common/status_macros.h"
#include "enkrat/v1/timestamp_service.pb.h"

namespace enkrat::cli {

absl::StatusOr<Bytes> ServiceTimestamp(Client& client, DigestAlgorithm algorithm, ByteSpan digest) {
  v1::TimestampRequest request;
  request.set_digest_algorithm(static_cast<v1::DigestAlgorithm>(ToMessage(algorithm)));
  request.set_digest(ToString(digest));
  v1::TimestampResponse response;
  ENKRAT_RETURN_IF_ERROR(client.Timestamp(request, &response));
  return ToBytes(absl::string_view(response.timestamp().token()));
}

}  // namespace enkrat::cli

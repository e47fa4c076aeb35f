// A timestamp from the service, over a digest that was made here.
#ifndef ENKRAT_CLI_SERVICE_TIMESTAMP_H_
#define ENKRAT_CLI_SERVICE_TIMESTAMP_H_

#include "absl/status/statusor.h"
#include "cli/client.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::cli {

// DER TimeStampToken. Errors of Client::Timestamp.
absl::StatusOr<Bytes> ServiceTimestamp(Client& client, DigestAlgorithm algorithm, ByteSpan digest);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SERVICE_TIMESTAMP_H_

// The one place where an internal error becomes what a client sees: a gRPC code from the Reason's
// row, a constant text, and google.rpc details. Nothing of the internal message gets through
// (docs/threat_model.md, invariant 6).
#ifndef ENKRAT_SERVER_GRPC_STATUS_H_
#define ENKRAT_SERVER_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace enkrat::server {

// OK for OK. Otherwise the Reason's code and text with ErrorInfo{reason, domain "enkrat"},
// BadRequest where a field is to blame, RetryInfo where the error carries a delay.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_GRPC_STATUS_H_

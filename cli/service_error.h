// The service's answer "no", read back from the wire into the vocabulary of common/reason.h.
#ifndef ENKRAT_CLI_SERVICE_ERROR_H_
#define ENKRAT_CLI_SERVICE_ERROR_H_

#include <string>

#include "absl/status/status.h"

namespace enkrat::cli {

// `details` is the content of the grpc-status-details-bin trailer: a google.rpc.Status with
// ErrorInfo (domain "enkrat"), BadRequest and RetryInfo. What does not parse, or comes from another
// domain, is left out: the error then has the gRPC code and message only. AssertionSpent holds for
// ErrorInfo.metadata assertion_spent = "true", and for ABORTED.
absl::Status FromServiceError(int grpc_code, const std::string& message,
                              const std::string& details);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SERVICE_ERROR_H_

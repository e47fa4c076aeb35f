// A validation's report as the message that a client gets.
#ifndef ENKRAT_SERVER_VALIDATION_ANSWER_H_
#define ENKRAT_SERVER_VALIDATION_ANSWER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "validation/report.h"

namespace google::protobuf {
class Timestamp;
}
namespace enkrat::v1 {
class ValidateResponse;
}

namespace enkrat::server {

// gRPC's clients take 4 MiB unless told otherwise.
inline constexpr size_t kMostAnswerOctets = size_t{3} << 20;

// kLimitExceeded for a report that is longer.
absl::Status FillAnswer(const validation::Report& report, v1::ValidateResponse& response);

// Of header.at: kRequestMalformed, naming it, for what is no time (google.protobuf.Timestamp).
absl::StatusOr<absl::Time> TimeFrom(const google::protobuf::Timestamp& timestamp);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_VALIDATION_ANSWER_H_

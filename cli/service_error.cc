#include "cli/service_error.h"

#include "absl/strings/str_cat.h"
#include "cli/outcome.h"
#include "common/reason.h"
#include "enkrat/rpc/status_details.pb.h"

namespace enkrat::cli {
namespace {

template <typename Detail>
bool Read(const google::protobuf::Any& any, const char* type, Detail& detail) {
  return any.type_url() == absl::StrCat("type.googleapis.com/google.rpc.", type) &&
         detail.ParseFromString(any.value());
}

}  // namespace

absl::Status FromServiceError(int grpc_code, const std::string& message,
                              const std::string& details) {
  const auto code = static_cast<absl::StatusCode>(grpc_code);
  absl::Status status = absl::Status(code, message);
  rpc::Status envelope;
  if (!envelope.ParseFromString(details)) envelope.Clear();
  rpc::ErrorInfo info;
  rpc::BadRequest bad;
  rpc::RetryInfo retry;
  bool spent = code == absl::StatusCode::kAborted;
  for (const google::protobuf::Any& any : envelope.details()) {
    if (Read(any, "ErrorInfo", info) && info.domain() == "enkrat") {
      const auto reason = ReasonFromName(info.reason());
      if (reason.has_value()) status = MakeError(*reason, message);
      const auto fact = info.metadata().find("assertion_spent");
      if (fact != info.metadata().end() && fact->second == "true") spent = true;
    }
    Read(any, "BadRequest", bad);
    Read(any, "RetryInfo", retry);
  }
  if (bad.field_violations_size() > 0) {
    status = WithField(std::move(status), bad.field_violations(0).field());
  }
  if (retry.has_retry_delay()) {
    status = WithRetryDelay(std::move(status), absl::Seconds(retry.retry_delay().seconds()) +
                                                   absl::Nanoseconds(retry.retry_delay().nanos()));
  }
  if (spent) status = WithAssertionSpent(std::move(status));
  return status;
}

}  // namespace enkrat::cli

#include "cli/service_error.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

// RFC 9470 section 3, as server/grpc_status.cc writes it.
absl::Status WithStepUpFrom(const rpc::ErrorInfo& info, absl::Status status) {
  const auto text = [&info](const char* name) {
    const auto found = info.metadata().find(name);
    return found == info.metadata().end() ? std::string() : found->second;
  };
  int64_t max_age = 0;
  if (!absl::SimpleAtoi(text("max_age"), &max_age)) return status;
  return WithStepUp(std::move(status),
                    {.acr_values = absl::StrSplit(text("acr_values"), ' ', absl::SkipEmpty()),
                     .max_age = absl::Seconds(max_age),
                     .amr = absl::StrSplit(text("amr"), ' ', absl::SkipEmpty())});
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
      status = WithStepUpFrom(info, std::move(status));
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

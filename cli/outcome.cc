#include "cli/outcome.h"

#include "absl/strings/cord.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

constexpr absl::string_view kOutcomeUrl = "enkrat.cli/outcome";
constexpr absl::string_view kRequestIdUrl = "enkrat.cli/request_id";
constexpr absl::string_view kUsage = "usage";
constexpr absl::string_view kUnavailable = "unavailable";
constexpr absl::string_view kVerdict = "verdict";
constexpr absl::string_view kUndecided = "undecided";

absl::Status Make(absl::StatusCode code, absl::string_view message, absl::string_view outcome) {
  absl::Status status(code, message);
  status.SetPayload(kOutcomeUrl, absl::Cord(outcome));
  return status;
}

bool Is(const absl::Status& status, absl::string_view outcome) {
  const auto payload = status.GetPayload(kOutcomeUrl);
  return payload.has_value() && *payload == outcome;
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  return Make(absl::StatusCode::kInvalidArgument, message, kUsage);
}

absl::Status UnavailableError(absl::string_view message) {
  return Make(absl::StatusCode::kUnavailable, message, kUnavailable);
}

absl::Status NegativeVerdict() {
  return Make(absl::StatusCode::kFailedPrecondition, "the verdict is negative", kVerdict);
}

absl::Status UndecidedVerdict() {
  return Make(absl::StatusCode::kFailedPrecondition, "the verdict is neither yes nor no",
              kUndecided);
}

absl::Status WithRequestId(absl::Status status, absl::string_view request_id) {
  if (!status.ok()) status.SetPayload(kRequestIdUrl, absl::Cord(request_id));
  return status;
}

std::string RequestIdOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kRequestIdUrl);
  return payload.has_value() ? std::string(*payload) : "";
}

bool IsVerdict(const absl::Status& status) {
  return Is(status, kVerdict) || Is(status, kUndecided);
}

int ExitCodeFor(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (Is(status, kUsage)) return kExitUsage;
  if (Is(status, kVerdict)) return kExitFailed;
  if (Is(status, kUndecided)) return kExitUndecided;
  switch (ReasonOf(status)) {
    case Reason::kConfigurationInvalid:
    case Reason::kPinRejected:
      return kExitUnavailable;
    case Reason::kDeadlineTooShort:
      return kExitFailed;
    default:
      break;
  }
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    default:
      return kExitFailed;
  }
}

}  // namespace enkrat::cli

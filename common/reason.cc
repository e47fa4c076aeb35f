#include "common/reason.h"

#include <array>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace enkrat {
namespace {

constexpr absl::string_view kReasonUrl = "enkrat/reason";
constexpr absl::string_view kFieldUrl = "enkrat/field";
constexpr absl::string_view kRetryUrl = "enkrat/retry_delay_ms";
constexpr absl::string_view kStepUpUrl = "enkrat/step_up";
constexpr absl::string_view kSpentUrl = "enkrat/assertion_spent";

struct Row {
  Reason reason;
  absl::string_view name;
  absl::StatusCode code;
};

using Code = absl::StatusCode;
constexpr std::array kRows = {
    Row{Reason::kInternal, "INTERNAL", Code::kInternal},
    Row{Reason::kRequestMalformed, "REQUEST_MALFORMED", Code::kInvalidArgument},
    Row{Reason::kDigestUnsupported, "DIGEST_UNSUPPORTED", Code::kInvalidArgument},
    Row{Reason::kLimitExceeded, "LIMIT_EXCEEDED", Code::kInvalidArgument},
    Row{Reason::kAssertionRejected, "ASSERTION_REJECTED", Code::kUnauthenticated},
    Row{Reason::kLevelOfAssuranceTooLow, "LEVEL_OF_ASSURANCE_TOO_LOW", Code::kUnauthenticated},
    Row{Reason::kAuthenticationMethodInsufficient, "AUTHENTICATION_METHOD_INSUFFICIENT",
        Code::kUnauthenticated},
    Row{Reason::kSigningPinRequired, "SIGNING_PIN_REQUIRED", Code::kFailedPrecondition},
    Row{Reason::kSigningPinRejected, "SIGNING_PIN_REJECTED", Code::kUnauthenticated},
    Row{Reason::kSigningPinUnsuitable, "SIGNING_PIN_UNSUITABLE", Code::kInvalidArgument},
    Row{Reason::kSigningPinLocked, "SIGNING_PIN_LOCKED", Code::kFailedPrecondition},
    Row{Reason::kSigningPinExists, "SIGNING_PIN_EXISTS", Code::kAlreadyExists},
    Row{Reason::kSigningPinDestroyed, "SIGNING_PIN_DESTROYED", Code::kFailedPrecondition},
    Row{Reason::kRelyingPartyUnknown, "RELYING_PARTY_UNKNOWN", Code::kPermissionDenied},
    Row{Reason::kRelyingPartyDisabled, "RELYING_PARTY_DISABLED", Code::kPermissionDenied},
    Row{Reason::kPdfDamaged, "PDF_DAMAGED", Code::kInvalidArgument},
    Row{Reason::kPdfEncrypted, "PDF_ENCRYPTED", Code::kInvalidArgument},
    Row{Reason::kPdfChangesForbidden, "PDF_CHANGES_FORBIDDEN", Code::kFailedPrecondition},
    Row{Reason::kPdfFieldUnsuitable, "PDF_FIELD_UNSUITABLE", Code::kInvalidArgument},
    Row{Reason::kValidationDataUnavailable, "VALIDATION_DATA_UNAVAILABLE", Code::kUnavailable},
    Row{Reason::kMandateMissing, "MANDATE_MISSING", Code::kPermissionDenied},
    Row{Reason::kNotPermitted, "NOT_PERMITTED", Code::kPermissionDenied},
    Row{Reason::kRequestIdReused, "REQUEST_ID_REUSED", Code::kAlreadyExists},
    Row{Reason::kNotFound, "NOT_FOUND", Code::kNotFound},
    Row{Reason::kPersonalDataErased, "PERSONAL_DATA_ERASED", Code::kNotFound},
    Row{Reason::kOverloaded, "OVERLOADED", Code::kResourceExhausted},
    Row{Reason::kRateLimited, "RATE_LIMITED", Code::kResourceExhausted},
    Row{Reason::kQuotaExceeded, "QUOTA_EXCEEDED", Code::kResourceExhausted},
    Row{Reason::kDeadlineTooShort, "DEADLINE_TOO_SHORT", Code::kDeadlineExceeded},
    Row{Reason::kCancelled, "CANCELLED", Code::kCancelled},
    Row{Reason::kHsmUnavailable, "HSM_UNAVAILABLE", Code::kUnavailable},
    Row{Reason::kIdpKeysUnavailable, "IDP_KEYS_UNAVAILABLE", Code::kUnavailable},
    Row{Reason::kStoreUnavailable, "STORE_UNAVAILABLE", Code::kUnavailable},
    Row{Reason::kTimestampUnavailable, "TIMESTAMP_UNAVAILABLE", Code::kUnavailable},
    Row{Reason::kSessionAbandoned, "SESSION_ABANDONED", Code::kAborted},
    Row{Reason::kProfileRejected, "PROFILE_REJECTED", Code::kFailedPrecondition},
    Row{Reason::kLintFailed, "LINT_FAILED", Code::kFailedPrecondition},
    Row{Reason::kConfigurationInvalid, "CONFIGURATION_INVALID", Code::kFailedPrecondition},
    Row{Reason::kPinRejected, "PIN_REJECTED", Code::kFailedPrecondition},
    Row{Reason::kCertificateStateForbids, "CERTIFICATE_STATE_FORBIDS", Code::kFailedPrecondition},
    Row{Reason::kKeyDestructionUnconfirmed, "KEY_DESTRUCTION_UNCONFIRMED", Code::kInternal},
    Row{Reason::kSignatureSelfCheckFailed, "SIGNATURE_SELF_CHECK_FAILED", Code::kInternal},
};

const Row& RowOf(Reason reason) {
  for (const Row& row : kRows) {
    if (row.reason == reason) return row;
  }
  return kRows[0];
}

std::string PayloadOf(const absl::Status& status, absl::string_view url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::string_view ReasonName(Reason reason) { return RowOf(reason).name; }

std::optional<Reason> ReasonFromName(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.reason;
  }
  return std::nullopt;
}

absl::Status MakeError(Reason reason, absl::string_view message) {
  const Row& row = RowOf(reason);
  absl::Status status(row.code, message);
  status.SetPayload(kReasonUrl, absl::Cord(row.name));
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  return ReasonFromName(PayloadOf(status, kReasonUrl)).value_or(Reason::kInternal);
}

absl::Status WithContext(const absl::Status& status, absl::string_view context) {
  if (status.ok()) return status;
  absl::Status result(status.code(), absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload([&result](absl::string_view url, const absl::Cord& payload) {
    result.SetPayload(url, payload);
  });
  return result;
}

absl::Status WithField(absl::Status status, absl::string_view field) {
  status.SetPayload(kFieldUrl, absl::Cord(field));
  return status;
}

std::string FieldOf(const absl::Status& status) { return PayloadOf(status, kFieldUrl); }

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryUrl, absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(delay))));
  return status;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(PayloadOf(status, kRetryUrl), &milliseconds)) return std::nullopt;
  return absl::Milliseconds(milliseconds);
}

// Three lines: seconds, acr values and methods, each list separated by tabs.
absl::Status WithStepUp(absl::Status status, const StepUp& step_up) {
  status.SetPayload(kStepUpUrl, absl::Cord(absl::StrCat(absl::ToInt64Seconds(step_up.max_age), "\n",
                                                        absl::StrJoin(step_up.acr_values, "\t"),
                                                        "\n", absl::StrJoin(step_up.amr, "\t"))));
  return status;
}

std::optional<StepUp> StepUpOf(const absl::Status& status) {
  const std::string payload = PayloadOf(status, kStepUpUrl);
  const std::vector<std::string> lines = absl::StrSplit(payload, '\n');
  int64_t seconds = 0;
  if (lines.size() != 3 || !absl::SimpleAtoi(lines[0], &seconds)) return std::nullopt;
  return StepUp{.acr_values = absl::StrSplit(lines[1], '\t', absl::SkipEmpty()),
                .max_age = absl::Seconds(seconds),
                .amr = absl::StrSplit(lines[2], '\t', absl::SkipEmpty())};
}

absl::Status WithAssertionSpent(absl::Status status) {
  if (!status.ok()) status.SetPayload(kSpentUrl, absl::Cord("1"));
  return status;
}

bool AssertionSpent(const absl::Status& status) { return !PayloadOf(status, kSpentUrl).empty(); }

}  // namespace enkrat

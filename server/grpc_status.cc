#include "server/grpc_status.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/reason.h"
#include "enkrat/rpc/status_details.pb.h"

namespace enkrat::server {
namespace {

constexpr char kStartOver[] = "The signing session ended. Start over with a new assertion.";

struct Row {
  grpc::StatusCode code;
  const char* text;
};

// README.md, errors. The texts are constant: they say what the client may do, never what happened
// inside.
Row RowFor(Reason reason) {
  using Code = grpc::StatusCode;
  switch (reason) {
    case Reason::kRequestMalformed:
      return {Code::INVALID_ARGUMENT, "The request is malformed."};
    case Reason::kDigestUnsupported:
      return {Code::INVALID_ARGUMENT, "The digest or its algorithm is not supported here."};
    case Reason::kLimitExceeded:
      return {Code::INVALID_ARGUMENT, "The request exceeds a limit."};
    case Reason::kAssertionRejected:
      return {Code::UNAUTHENTICATED, "The identity assertion was not accepted. Get a new one."};
    case Reason::kLevelOfAssuranceTooLow:
      return {Code::UNAUTHENTICATED,
              "The level of assurance is too low for the signature level. Step up."};
    case Reason::kAuthenticationMethodInsufficient:
      return {Code::UNAUTHENTICATED,
              "The person logged in by a method that does not do for this. Step up."};
    case Reason::kSigningPinRequired:
      return {Code::FAILED_PRECONDITION, "This signature needs the person's signing PIN."};
    case Reason::kSigningPinRejected:
      return {Code::UNAUTHENTICATED, "The signing PIN or PUK was not accepted."};
    case Reason::kSigningPinUnsuitable:
      return {Code::INVALID_ARGUMENT, "The new signing PIN does not meet the rules."};
    case Reason::kSigningPinLocked:
      return {Code::FAILED_PRECONDITION, "The signing PIN is locked. Unblock it with the PUK."};
    case Reason::kSigningPinExists:
      return {Code::ALREADY_EXISTS, "The person has a signing PIN. Revoke it first."};
    case Reason::kSigningPinDestroyed:
      return {Code::FAILED_PRECONDITION, "The signing PIN was destroyed. Enrol anew."};
    case Reason::kPdfDamaged:
      return {Code::INVALID_ARGUMENT, "The document is no PDF, or a damaged one."};
    case Reason::kPdfEncrypted:
      return {Code::INVALID_ARGUMENT, "The PDF is encrypted, so that it cannot be signed."};
    case Reason::kPdfChangesForbidden:
      return {Code::FAILED_PRECONDITION, "An earlier signature in the PDF forbids this."};
    case Reason::kPdfFieldUnsuitable:
      return {Code::INVALID_ARGUMENT, "The PDF has no such signature field that is still empty."};
    case Reason::kRelyingPartyUnknown:
      return {Code::PERMISSION_DENIED, "The relying party is not known."};
    case Reason::kRelyingPartyDisabled:
      return {Code::PERMISSION_DENIED, "The relying party is disabled."};
    case Reason::kMandateMissing:
      return {Code::PERMISSION_DENIED, "There is no mandate to seal for this organisation."};
    case Reason::kNotPermitted:
      return {Code::PERMISSION_DENIED, "The relying party may not do this."};
    case Reason::kRequestIdReused:
      return {Code::ALREADY_EXISTS,
              "The request_id was used before, with other content or too long ago. Use a new one."};
    case Reason::kNotFound:
      return {Code::NOT_FOUND, "There is no such record for this relying party."};
    case Reason::kPersonalDataErased:
      return {Code::NOT_FOUND, "The record's personal data was erased."};
    case Reason::kOverloaded:
      return {Code::RESOURCE_EXHAUSTED, "The service is busy. Try again later."};
    case Reason::kRateLimited:
      return {Code::RESOURCE_EXHAUSTED, "Too many calls of this relying party. Slow down."};
    case Reason::kQuotaExceeded:
      return {Code::RESOURCE_EXHAUSTED, "The quota is used up. Try again when it is renewed."};
    case Reason::kDeadlineTooShort:
      return {Code::DEADLINE_EXCEEDED, "The deadline is too short."};
    case Reason::kCancelled:
      return {Code::CANCELLED, "The call was cancelled."};
    case Reason::kHsmUnavailable:
    case Reason::kIdpKeysUnavailable:
    case Reason::kStoreUnavailable:
    case Reason::kTimestampUnavailable:
    case Reason::kValidationDataUnavailable:
      return {Code::UNAVAILABLE, "A part of the service is not available. Try again."};
    case Reason::kSessionAbandoned:
      return {Code::ABORTED, kStartOver};
    case Reason::kProfileRejected:
    case Reason::kLintFailed:
    case Reason::kConfigurationInvalid:
    case Reason::kPinRejected:
      return {Code::FAILED_PRECONDITION, "The service cannot do this until its operator acts."};
    case Reason::kCertificateStateForbids:
      return {Code::FAILED_PRECONDITION, "The state of the certificate does not allow this."};
    case Reason::kKeyDestructionUnconfirmed:
    case Reason::kSignatureSelfCheckFailed:
      return {Code::INTERNAL, "A safety check failed. The result is withheld."};
    case Reason::kInternal:
      break;
  }
  return {Code::INTERNAL, "The service failed."};
}

// Once the assertion is spent, what would have been worth another try no longer is: the client
// starts over. What the operator must mend, and what is withheld, stays what it is.
Row RowFor(const absl::Status& status) {
  const Row row = RowFor(ReasonOf(status));
  if (!AssertionSpent(status) || row.code == grpc::StatusCode::INTERNAL ||
      row.code == grpc::StatusCode::FAILED_PRECONDITION) {
    return row;
  }
  return {grpc::StatusCode::ABORTED, kStartOver};
}

void AddDetail(rpc::Status& status, const char* type, const google::protobuf::Message& detail) {
  google::protobuf::Any* any = status.add_details();
  any->set_type_url(absl::StrCat("type.googleapis.com/google.rpc.", type));
  any->set_value(detail.SerializeAsString());
}

// The parameters of RFC 9470 section 3, for the next authorization request.
void AddStepUp(const StepUp& step_up, rpc::ErrorInfo& info) {
  auto& metadata = *info.mutable_metadata();
  metadata["acr_values"] = absl::StrJoin(step_up.acr_values, " ");
  metadata["max_age"] = absl::StrCat(absl::ToInt64Seconds(step_up.max_age));
  if (!step_up.amr.empty()) metadata["amr"] = absl::StrJoin(step_up.amr, " ");
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Reason reason = ReasonOf(status);
  const Row row = RowFor(status);
  std::string text = row.text;
  // The step that a deadline was too short for is a constant name of ours
  // (signer/signing_workflow.h).
  const bool spent = AssertionSpent(status);
  if (!spent && reason == Reason::kDeadlineTooShort && !FieldOf(status).empty()) {
    text = absl::StrCat("The deadline is too short for the step: ", FieldOf(status), ".");
  }
  if (reason == Reason::kLevelOfAssuranceTooLow && !FieldOf(status).empty()) {
    text = absl::StrCat("The level of assurance is too low; asked for: ", FieldOf(status), ".");
  }

  rpc::Status details;
  details.set_code(row.code);
  details.set_message(text);
  rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(reason)));
  info.set_domain("enkrat");
  if (spent) (*info.mutable_metadata())["assertion_spent"] = "true";
  if (const auto step_up = StepUpOf(status); step_up.has_value()) AddStepUp(*step_up, info);
  AddDetail(details, "ErrorInfo", info);
  if (row.code == grpc::StatusCode::INVALID_ARGUMENT && !FieldOf(status).empty()) {
    rpc::BadRequest bad;
    rpc::BadRequest::FieldViolation* violation = bad.add_field_violations();
    violation->set_field(FieldOf(status));
    violation->set_description(row.text);
    AddDetail(details, "BadRequest", bad);
  }
  if (const auto delay = RetryDelayOf(status); delay.has_value()) {
    rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(*delay));
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(
        absl::ToInt64Nanoseconds(*delay - absl::Trunc(*delay, absl::Seconds(1)))));
    AddDetail(details, "RetryInfo", retry);
  }
  return grpc::Status(row.code, text, details.SerializeAsString());
}

}  // namespace enkrat::server

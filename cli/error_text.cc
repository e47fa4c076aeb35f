#include "cli/error_text.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/outcome.h"
#include "common/reason.h"

namespace enkrat::cli {
namespace {

constexpr char kStartOver[] =
    "the assertion is spent: start over with a new assertion and a new --request-id";

// Empty for an error that never had a reason, such as a wrong argument.
std::string ReasonText(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  if (reason == Reason::kInternal && status.code() != absl::StatusCode::kInternal) return "";
  return std::string(ReasonName(reason));
}

std::string OneLine(absl::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return line;
}

const char* HintForReason(Reason reason) {
  switch (reason) {
    case Reason::kRequestMalformed:
    case Reason::kLimitExceeded:
      return "what was sent or read is not what it should be; the field, if named, is to blame";
    case Reason::kDigestUnsupported:
      return "use sha256, sha384 or sha512; the format raw needs sha384 with p384 and sha256 "
             "otherwise";
    case Reason::kAssertionRejected:
      return "log in again: a token is good for one signature, for the documents, relying party "
             "and request id it was bound to, and for minutes only";
    case Reason::kLevelOfAssuranceTooLow:
      return "log in with a stronger method, or ask for a lower --level";
    case Reason::kAuthenticationMethodInsufficient:
      return "log in by a stronger method";
    case Reason::kSigningPinRequired:
      return "add --pin-file; who has no PIN yet gets one with `enkrat pin enrol`";
    case Reason::kSigningPinRejected:
      return "three wrong PINs lock it, three wrong PUKs destroy it; a right one resets the count";
    case Reason::kSigningPinUnsuitable:
      return "6 to 8 characters, not easily guessed";
    case Reason::kSigningPinLocked:
      return "`enkrat pin unblock` with the PUK sets a new PIN";
    case Reason::kSigningPinExists:
      return "`enkrat pin change` changes it";
    case Reason::kSigningPinDestroyed:
      return "`enkrat pin enrol` makes a new one, with a login of level high";
    case Reason::kPdfDamaged:
      return "the file is no PDF or a damaged one; `qpdf --check` says more";
    case Reason::kPdfEncrypted:
      return "decrypt it first, if you may: an encrypted PDF is not signed";
    case Reason::kPdfChangesForbidden:
      return "whoever certified the document allowed no further signatures, or not this one";
    case Reason::kPdfFieldUnsuitable:
      return "name an empty signature field with --field, or leave it out to make a new one";
    case Reason::kValidationDataUnavailable:
      return "ask for a lower level, or try again when revocation data can be had";
    case Reason::kRelyingPartyUnknown:
      return "the service does not know this client: check --tls-cert, and the relying parties in "
             "the service's configuration";
    case Reason::kRelyingPartyDisabled:
      return "the operator has disabled this relying party";
    case Reason::kMandateMissing:
      return "the operator's configuration, or a claim of the identity provider, must name who may "
             "seal for the organisation";
    case Reason::kNotPermitted:
      return "the operator's policy forbids this to this relying party: check --level and --kind";
    case Reason::kRequestIdReused:
      return "use a new request id, and log in again";
    case Reason::kNotFound:
      return "check the id: a relying party sees its own sessions and certificates only";
    case Reason::kPersonalDataErased:
      return "what is left of it is the evidence: `enkrat evidence show`";
    case Reason::kOverloaded:
    case Reason::kRateLimited:
    case Reason::kQuotaExceeded:
      return "wait, then try again";
    case Reason::kDeadlineTooShort:
      return "allow more time with --timeout";
    case Reason::kCancelled:
      return "";
    case Reason::kHsmUnavailable:
    case Reason::kIdpKeysUnavailable:
    case Reason::kStoreUnavailable:
    case Reason::kTimestampUnavailable:
      return "try again in a moment; if it lasts, the operator finds the cause with `enkrat "
             "doctor`";
    case Reason::kSessionAbandoned:
      return "nothing was signed and the key is gone";
    case Reason::kProfileRejected:
    case Reason::kLintFailed:
      return "the operator must mend the certificate profile; the service's log names the rule";
    case Reason::kConfigurationInvalid:
    case Reason::kPinRejected:
      return "run `enkrat doctor` on the service's machine";
    case Reason::kCertificateStateForbids:
      return "`enkrat certificates list` shows the states";
    case Reason::kKeyDestructionUnconfirmed:
    case Reason::kSignatureSelfCheckFailed:
      return "the service withheld the result; tell its operator the request id";
    case Reason::kInternal:
      return "the service's log has the cause under the request id";
  }
  return "";
}

// A part of the service that may be back in a moment: the same call would do, if the token would.
bool IsAway(Reason reason) {
  switch (reason) {
    case Reason::kOverloaded:
    case Reason::kHsmUnavailable:
    case Reason::kIdpKeysUnavailable:
    case Reason::kStoreUnavailable:
    case Reason::kTimestampUnavailable:
      return true;
    default:
      return false;
  }
}

// For an error on this side of the service, which may have signed all the same.
std::string HintToAsk(const std::string& request_id) {
  if (request_id.empty()) return "";
  return absl::StrCat("`enkrat session get ", request_id,
                      "` says what became of it and fetches the signatures");
}

}  // namespace

std::string HintFor(const absl::Status& status) {
  const std::string hint =
      ReasonText(status).empty() ? HintToAsk(RequestIdOf(status)) : HintForReason(ReasonOf(status));
  if (!AssertionSpent(status)) return hint;
  if (hint.empty() || IsAway(ReasonOf(status))) return kStartOver;
  return absl::StrCat(hint, "; ", kStartOver);
}

std::string ErrorLine(const absl::Status& status) {
  std::string line = "error: ";
  const std::string reason = ReasonText(status);
  if (!reason.empty()) absl::StrAppend(&line, reason, ": ");
  line += OneLine(status.message());
  if (const std::string field = FieldOf(status); !field.empty()) {
    absl::StrAppend(&line, " [", OneLine(field), "]");
  }
  if (const std::string id = RequestIdOf(status); !id.empty()) {
    absl::StrAppend(&line, " [request_id ", id, "]");
  }
  if (const auto step_up = StepUpOf(status); step_up.has_value()) {
    absl::StrAppend(&line,
                    " [ask for acr_values=", OneLine(absl::StrJoin(step_up->acr_values, " ")),
                    " max_age=", absl::ToInt64Seconds(step_up->max_age), "]");
  }
  const auto delay = RetryDelayOf(status);
  if (delay.has_value()) {
    absl::StrAppend(&line, " [retry after ", absl::ToInt64Milliseconds(*delay), " ms]");
  }
  if (const std::string hint = HintFor(status); !hint.empty()) {
    absl::StrAppend(&line, " (hint: ", hint, ")");
  }
  return line;
}

std::string ErrorJson(const absl::Status& status) {
  nlohmann::json error = {{"message", OneLine(status.message())},
                          {"exit_code", ExitCodeFor(status)}};
  const auto add = [&error](const char* name, const std::string& value) {
    if (!value.empty()) error[name] = value;
  };
  add("reason", ReasonText(status));
  add("field", FieldOf(status));
  add("request_id", RequestIdOf(status));
  add("hint", HintFor(status));
  if (const auto step_up = StepUpOf(status); step_up.has_value()) {
    error["step_up"] = {{"acr_values", step_up->acr_values},
                        {"max_age", absl::ToInt64Seconds(step_up->max_age)},
                        {"amr", step_up->amr}};
  }
  if (const auto delay = RetryDelayOf(status); delay.has_value()) {
    error["retry_after_ms"] = absl::ToInt64Milliseconds(*delay);
  }
  return nlohmann::json{{"error", error}}.dump(-1, ' ', false,
                                               nlohmann::json::error_handler_t::replace);
}

}  // namespace enkrat::cli

// Why something failed: the one vocabulary that every layer uses and that decides what a client is
// told.
//
// An error is born with a Reason. Layers above may add context in front of its message, never
// change the reason. Messages are for the operator's log; server/grpc_status.h turns the reason,
// and nothing else, into what a client sees.
#ifndef ENKRAT_COMMON_REASON_H_
#define ENKRAT_COMMON_REASON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace enkrat {

enum class Reason {
  kInternal = 0,  // a defect of ours; also what an error without a reason counts as
  // The caller's request can be mended.
  kRequestMalformed,
  kDigestUnsupported,
  kLimitExceeded,
  // The identity assertion. All causes of kAssertionRejected look alike to the client.
  kAssertionRejected,
  kLevelOfAssuranceTooLow,
  kAuthenticationMethodInsufficient,  // genuine, but not by a method (amr) that the policy asks for
  // The signing PIN and PUK. A wrong PIN and a person without one look alike to the client.
  kSigningPinRequired,
  kSigningPinRejected,
  kSigningPinUnsuitable,  // the new PIN: length, alphabet, too easily guessed
  kSigningPinLocked,
  kSigningPinExists,
  kSigningPinDestroyed,
  // The document that is to be signed, or given for validation.
  kPdfDamaged,           // not a PDF, or one whose structure cannot be relied on
  kPdfEncrypted,         // encrypted documents are not signed
  kPdfChangesForbidden,  // an earlier certification or lock forbids what is asked
  kPdfFieldUnsuitable,   // the signature field is not there, signed already, or no signature field
  kValidationDataUnavailable,  // revocation data that B-LT needs cannot be had now
  // The relying party.
  kRelyingPartyUnknown,
  kRelyingPartyDisabled,
  kNotPermitted,
  kMandateMissing,  // the person, or the relying party itself, may not seal for the organisation
  kRequestIdReused,
  kNotFound,
  kPersonalDataErased,
  // Load and time.
  kOverloaded,
  kRateLimited,
  kQuotaExceeded,
  kDeadlineTooShort,
  kCancelled,
  // Parts that are away for now.
  kHsmUnavailable,
  kIdpKeysUnavailable,
  kStoreUnavailable,
  kTimestampUnavailable,
  // A session whose intent was recorded but which ended without a result (a crash, or a fault after
  // the spend).
  kSessionAbandoned,
  // The operator must act.
  kProfileRejected,
  kLintFailed,
  kConfigurationInvalid,
  kPinRejected,
  kCertificateStateForbids,  // such as renewing what has expired or was revoked
  // The result is withheld.
  kKeyDestructionUnconfirmed,
  kSignatureSelfCheckFailed,
};

// SCREAMING_SNAKE_CASE name as it appears in google.rpc.ErrorInfo.reason, evidence and logs, such
// as "ASSERTION_REJECTED"; and the reverse (nullopt for a name that is not in the table).
absl::string_view ReasonName(Reason reason);
std::optional<Reason> ReasonFromName(absl::string_view name);

// A new error. `message` is for operators; it must not hold a PIN, a token or a person's name.
absl::Status MakeError(Reason reason, absl::string_view message);

// The reason an error was born with; kInternal for an error without one. `status` must not be OK.
Reason ReasonOf(const absl::Status& status);

// The same error with "context: " in front of its message. An OK status passes through.
absl::Status WithContext(const absl::Status& status, absl::string_view context);

// The request field that is to blame, such as "documents[3].digest" (google.rpc.BadRequest); empty
// if none.
absl::Status WithField(absl::Status status, absl::string_view field);
std::string FieldOf(const absl::Status& status);

// How long the client should wait (google.rpc.RetryInfo).
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// What a stronger assertion is to be asked for from the identity provider, in the words of OpenID
// Connect (`acr_values`, `max_age`, RFC 9470) and of its amr claim (RFC 8176); of
// kLevelOfAssuranceTooLow and kAuthenticationMethodInsufficient.
struct StepUp {
  std::vector<std::string> acr_values;  // any of them will do; at most 16
  absl::Duration max_age;
  std::vector<std::string> amr;  // any of them will do; empty: no matter
};
absl::Status WithStepUp(absl::Status status, const StepUp& step_up);
std::optional<StepUp> StepUpOf(const absl::Status& status);

// Marks an error that came after the assertion was spent: a retry needs a new assertion, so the
// client is told ABORTED where it would otherwise be told UNAVAILABLE.
absl::Status WithAssertionSpent(absl::Status status);
bool AssertionSpent(const absl::Status& status);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_REASON_H_

#include "hsm/ck_status.h"

#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "hsm/cryptoki.h"

namespace enkrat::hsm {
namespace {

constexpr absl::string_view kPayloadUrl = "enkrat/ck_rv";
// How long a caller should stay away from a token that has run out of something.
constexpr absl::Duration kOverloadPause = absl::Seconds(1);

struct Row {
  ReturnValue rv;
  absl::string_view name;
  ReturnValueMeaning meaning = {};
};

// The session or an object of it is gone: take another session and another key.
constexpr ReturnValueMeaning kSessionLost = {
    .reason = Reason::kHsmUnavailable, .quarantine_session = true, .reconnect_module = false};
// The token or the library's connection to it is gone.
constexpr ReturnValueMeaning kTokenLost = {
    .reason = Reason::kHsmUnavailable, .quarantine_session = true, .reconnect_module = true};
constexpr ReturnValueMeaning kExhausted = {.reason = Reason::kOverloaded};
constexpr ReturnValueMeaning kPin = {.reason = Reason::kPinRejected};
// An operation of ours was left half-way in the session.
constexpr ReturnValueMeaning kSessionStuck = {.reason = Reason::kInternal,
                                              .quarantine_session = true};
constexpr ReturnValueMeaning kOurs = {};

#define ENKRAT_ROW(name, meaning) \
  Row { name, #name, meaning }

constexpr std::array kRows = {
    ENKRAT_ROW(CKR_OK, kOurs),
    ENKRAT_ROW(CKR_CANCEL, kOurs),
    ENKRAT_ROW(CKR_HOST_MEMORY, kExhausted),
    ENKRAT_ROW(CKR_SLOT_ID_INVALID, kOurs),
    ENKRAT_ROW(CKR_GENERAL_ERROR, kTokenLost),
    ENKRAT_ROW(CKR_FUNCTION_FAILED, kExhausted),
    ENKRAT_ROW(CKR_ARGUMENTS_BAD, kOurs),
    ENKRAT_ROW(CKR_CANT_LOCK, kOurs),
    ENKRAT_ROW(CKR_NEED_TO_CREATE_THREADS, kOurs),
    ENKRAT_ROW(CKR_ATTRIBUTE_READ_ONLY, kOurs),
    ENKRAT_ROW(CKR_ATTRIBUTE_SENSITIVE, kOurs),
    ENKRAT_ROW(CKR_ATTRIBUTE_TYPE_INVALID, kOurs),
    ENKRAT_ROW(CKR_ATTRIBUTE_VALUE_INVALID, kOurs),
    ENKRAT_ROW(CKR_ACTION_PROHIBITED, kOurs),
    ENKRAT_ROW(CKR_DATA_INVALID, kOurs),
    ENKRAT_ROW(CKR_DATA_LEN_RANGE, kOurs),
    ENKRAT_ROW(CKR_DEVICE_ERROR, kTokenLost),
    ENKRAT_ROW(CKR_DEVICE_MEMORY, kExhausted),
    ENKRAT_ROW(CKR_DEVICE_REMOVED, kTokenLost),
    ENKRAT_ROW(CKR_FUNCTION_CANCELED, kSessionStuck),
    ENKRAT_ROW(CKR_FUNCTION_NOT_SUPPORTED, kOurs),
    ENKRAT_ROW(CKR_KEY_HANDLE_INVALID, kSessionLost),
    ENKRAT_ROW(CKR_KEY_SIZE_RANGE, kOurs),
    ENKRAT_ROW(CKR_KEY_TYPE_INCONSISTENT, kOurs),
    ENKRAT_ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, kOurs),
    ENKRAT_ROW(CKR_MECHANISM_INVALID, kOurs),
    ENKRAT_ROW(CKR_MECHANISM_PARAM_INVALID, kOurs),
    ENKRAT_ROW(CKR_OBJECT_HANDLE_INVALID, kSessionLost),
    ENKRAT_ROW(CKR_OPERATION_ACTIVE, kSessionStuck),
    ENKRAT_ROW(CKR_OPERATION_NOT_INITIALIZED, kSessionStuck),
    ENKRAT_ROW(CKR_PIN_INCORRECT, kPin),
    ENKRAT_ROW(CKR_PIN_INVALID, kPin),
    ENKRAT_ROW(CKR_PIN_LEN_RANGE, kPin),
    ENKRAT_ROW(CKR_PIN_EXPIRED, kPin),
    ENKRAT_ROW(CKR_PIN_LOCKED, kPin),
    ENKRAT_ROW(CKR_PIN_TOO_WEAK, kPin),
    ENKRAT_ROW(CKR_SESSION_CLOSED, kSessionLost),
    ENKRAT_ROW(CKR_SESSION_COUNT, kExhausted),
    ENKRAT_ROW(CKR_SESSION_HANDLE_INVALID, kSessionLost),
    ENKRAT_ROW(CKR_SESSION_PARALLEL_NOT_SUPPORTED, kOurs),
    ENKRAT_ROW(CKR_SESSION_READ_ONLY, kOurs),
    ENKRAT_ROW(CKR_SESSION_EXISTS, kOurs),
    ENKRAT_ROW(CKR_SESSION_READ_ONLY_EXISTS, kOurs),
    ENKRAT_ROW(CKR_SESSION_READ_WRITE_SO_EXISTS, kOurs),
    ENKRAT_ROW(CKR_TEMPLATE_INCOMPLETE, kOurs),
    ENKRAT_ROW(CKR_TEMPLATE_INCONSISTENT, kOurs),
    ENKRAT_ROW(CKR_TOKEN_NOT_PRESENT, kTokenLost),
    ENKRAT_ROW(CKR_TOKEN_NOT_RECOGNIZED, kTokenLost),
    ENKRAT_ROW(CKR_TOKEN_WRITE_PROTECTED, kOurs),
    ENKRAT_ROW(CKR_USER_ALREADY_LOGGED_IN, kOurs),
    // Logged out behind our back: private session objects are gone, the pool has to log in again.
    ENKRAT_ROW(CKR_USER_NOT_LOGGED_IN, kTokenLost),
    ENKRAT_ROW(CKR_USER_PIN_NOT_INITIALIZED, kPin),
    ENKRAT_ROW(CKR_USER_TYPE_INVALID, kOurs),
    ENKRAT_ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, kOurs),
    ENKRAT_ROW(CKR_USER_TOO_MANY_TYPES, kOurs),
    ENKRAT_ROW(CKR_RANDOM_NO_RNG, kOurs),
    ENKRAT_ROW(CKR_DOMAIN_PARAMS_INVALID, kOurs),
    ENKRAT_ROW(CKR_CURVE_NOT_SUPPORTED, kOurs),
    ENKRAT_ROW(CKR_BUFFER_TOO_SMALL, kSessionStuck),
    ENKRAT_ROW(CKR_CRYPTOKI_NOT_INITIALIZED, kTokenLost),
    ENKRAT_ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED, kOurs),
    ENKRAT_ROW(CKR_FIPS_SELF_TEST_FAILED, kTokenLost),
    ENKRAT_ROW(CKR_FUNCTION_REJECTED, kOurs),
};

#undef ENKRAT_ROW

const Row* RowOf(ReturnValue rv) {
  for (const Row& row : kRows) {
    if (row.rv == rv) return &row;
  }
  return nullptr;
}

}  // namespace

ReturnValueMeaning MeaningOf(ReturnValue rv) {
  const Row* row = RowOf(rv);
  return row == nullptr ? kOurs : row->meaning;
}

absl::string_view ReturnValueName(ReturnValue rv) {
  if (const Row* row = RowOf(rv); row != nullptr) return row->name;
  return rv >= CKR_VENDOR_DEFINED ? "CKR_VENDOR_DEFINED" : "CKR_UNKNOWN";
}

std::optional<ReturnValue> ReturnValueFromName(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.rv;
  }
  return std::nullopt;
}

std::string DescribeReturnValue(ReturnValue rv) {
  return absl::StrFormat("%s (0x%x)", ReturnValueName(rv), rv);
}

absl::Status CkStatus(ReturnValue rv, absl::string_view call) {
  if (rv == CKR_OK) return absl::OkStatus();
  const Reason reason = MeaningOf(rv).reason;
  absl::Status status =
      MakeError(reason, absl::StrCat(call, " answered ", DescribeReturnValue(rv)));
  status.SetPayload(kPayloadUrl, absl::Cord(absl::StrCat(rv)));
  return reason == Reason::kOverloaded ? WithRetryDelay(status, kOverloadPause) : status;
}

std::optional<ReturnValue> ReturnValueOf(const absl::Status& status) {
  const std::optional<absl::Cord> payload = [&]() -> std::optional<absl::Cord> {
    auto found = status.GetPayload(kPayloadUrl);
    return found.has_value() ? std::optional<absl::Cord>(*found) : std::nullopt;
  }();
  ReturnValue rv = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &rv)) return std::nullopt;
  return rv;
}

}  // namespace enkrat::hsm

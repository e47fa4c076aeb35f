#include "hsm/session.h"

#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"

namespace enkrat::hsm {

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const Surroundings& surroundings,
                                                       SlotId slot, bool read_write) {
  std::unique_ptr<Session> session(new Session(surroundings, slot, read_write));
  ENKRAT_RETURN_IF_ERROR(session->OpenHandle());
  return session;
}

Session::~Session() {
  if (handle_ != CK_INVALID_HANDLE) functions().C_CloseSession(handle_);
}

absl::Status Session::OpenHandle() {
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (read_write_ ? CKF_RW_SESSION : 0UL);
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  ENKRAT_RETURN_IF_ERROR(
      Check(functions().C_OpenSession(slot_, flags, nullptr, nullptr, &handle), "C_OpenSession"));
  handle_ = handle;
  return absl::OkStatus();
}

absl::Status Session::Usable() const {
  if (!quarantined_) return absl::OkStatus();
  return MakeError(Reason::kHsmUnavailable, "the session is quarantined after an earlier failure");
}

absl::Status Session::Check(CK_RV rv, absl::string_view call) {
  if (rv == CKR_OK) return absl::OkStatus();
  const ReturnValueMeaning meaning = MeaningOf(rv);
  quarantined_ = quarantined_ || meaning.quarantine_session;
  reconnect_requested_ = reconnect_requested_ || meaning.reconnect_module;
  if (surroundings_.logger != nullptr) {
    surroundings_.logger->Warning("a PKCS#11 call failed",
                                  {{"call", call}, {"answer", DescribeReturnValue(rv)}});
  }
  return CkStatus(rv, call);
}

absl::Status Session::CheckLaterStep(CK_RV rv, absl::string_view call) {
  if (rv != CKR_OK) quarantined_ = true;
  return Check(rv, call);
}

absl::Status Session::CheckLoggedIn() {
  CK_SESSION_INFO info = {};
  ENKRAT_RETURN_IF_ERROR(Check(functions().C_GetSessionInfo(handle_, &info), "C_GetSessionInfo"));
  if (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS) {
    return absl::OkStatus();
  }
  RequestReconnect();
  return MakeError(Reason::kHsmUnavailable, "the token has logged the user out");
}

absl::Status Session::Reopen() {
  quarantined_ = true;
  const CK_SESSION_HANDLE old = handle_;
  handle_ = CK_INVALID_HANDLE;
  // An answer that the session is closed already is as good as closing it.
  const CK_RV rv = functions().C_CloseSession(old);
  if (rv != CKR_SESSION_HANDLE_INVALID && rv != CKR_SESSION_CLOSED) {
    ENKRAT_RETURN_IF_ERROR(Check(rv, "C_CloseSession"));
  }
  return OpenHandle();
}

}  // namespace enkrat::hsm

// What a PKCS#11 return value (CK_RV) means to the service: its name, the Reason a caller sees, and
// what becomes of the session and the module. The one place where a CK_RV turns into a Status.
#ifndef ENKRAT_HSM_CK_STATUS_H_
#define ENKRAT_HSM_CK_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/reason.h"

namespace enkrat::hsm {

// A CK_RV, without the cryptoki header.
using ReturnValue = uint64_t;

struct ReturnValueMeaning {
  Reason reason = Reason::kInternal;
  // The session that saw it is not used again; the pool replaces it.
  bool quarantine_session = false;
  // The connection to the token is lost: the pool drains, then C_Finalize, C_Initialize, C_Login.
  bool reconnect_module = false;
};

// Names, codes and classes are those of PKCS#11 v2.40/3.0; what the table does not name (vendor
// codes too) is kInternal and harms nobody but its caller.
ReturnValueMeaning MeaningOf(ReturnValue rv);

// "CKR_DEVICE_ERROR"; "CKR_VENDOR_DEFINED" or "CKR_UNKNOWN" for what has no name.
absl::string_view ReturnValueName(ReturnValue rv);
std::optional<ReturnValue> ReturnValueFromName(absl::string_view name);
// "CKR_DEVICE_ERROR (0x30)", for logs and reports.
std::string DescribeReturnValue(ReturnValue rv);

// OK for CKR_OK; otherwise an error of MeaningOf(rv).reason that names the call and the value.
// kOverloaded carries a retry delay. The value rides along for ReturnValueOf.
absl::Status CkStatus(ReturnValue rv, absl::string_view call);

// The CK_RV an error was born from; nullopt if it was not born from one.
std::optional<ReturnValue> ReturnValueOf(const absl::Status& status);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_CK_STATUS_H_

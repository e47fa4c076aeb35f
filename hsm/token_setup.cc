#include "hsm/token_setup.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/cryptoki.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kLabelSize = 32;  // PKCS#11 v2.40 C_InitToken: padded with spaces

CK_BYTE* Octets(const Secret& secret) { return const_cast<CK_BYTE*>(secret.Reveal().data()); }

absl::Status CheckSetup(const TokenSetup& setup) {
  const bool printable = std::all_of(setup.label.begin(), setup.label.end(),
                                     [](unsigned char c) { return absl::ascii_isprint(c); });
  if (setup.label.empty() || setup.label.size() > kLabelSize || !printable ||
      setup.label.back() == ' ') {
    return MakeError(Reason::kConfigurationInvalid,
                     "a token's label is 1 to 32 printable ASCII characters, the last no space");
  }
  if (setup.so_pin.empty() || setup.user_pin.empty()) {
    return MakeError(Reason::kConfigurationInvalid, "a token needs both PINs");
  }
  return absl::OkStatus();
}

absl::StatusOr<SlotId> FreeSlot(const Module& module, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<TokenInfo> tokens, module.Tokens());
  const TokenInfo* free_slot = nullptr;
  for (const TokenInfo& token : tokens) {
    if (token.initialized && token.label == label) {
      return MakeError(Reason::kConfigurationInvalid,
                       absl::StrCat("there is a token labelled '", label, "' already"));
    }
    if (!token.initialized && free_slot == nullptr) free_slot = &token;
  }
  if (free_slot == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "no slot has an uninitialised token");
  }
  return free_slot->slot;
}

// Sets the user's PIN as the security officer, in a session of its own.
absl::Status SetUserPin(const Module& module, SlotId slot, const TokenSetup& setup) {
  const CK_FUNCTION_LIST& functions = module.functions();
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  ENKRAT_RETURN_IF_ERROR(CkStatus(functions.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                                          nullptr, nullptr, &session),
                                  "C_OpenSession"));
  absl::Status status = CkStatus(
      functions.C_Login(session, CKU_SO, Octets(setup.so_pin), setup.so_pin.Reveal().size()),
      "C_Login");
  if (status.ok()) {
    status = CkStatus(
        functions.C_InitPIN(session, Octets(setup.user_pin), setup.user_pin.Reveal().size()),
        "C_InitPIN");
    functions.C_Logout(session);
  }
  functions.C_CloseSession(session);
  return status;
}

}  // namespace

absl::StatusOr<TokenInfo> InitializeToken(Module& module, const TokenSetup& setup) {
  ENKRAT_RETURN_IF_ERROR(CheckSetup(setup));
  if (module.pools() != 0) {
    return MakeError(Reason::kInternal, "a token is set up before any pool is opened");
  }
  ENKRAT_ASSIGN_OR_RETURN(const SlotId slot, FreeSlot(module, setup.label));
  std::array<CK_UTF8CHAR, kLabelSize> label;
  label.fill(' ');
  std::copy(setup.label.begin(), setup.label.end(), label.begin());
  ENKRAT_RETURN_IF_ERROR(
      CkStatus(module.functions().C_InitToken(slot, Octets(setup.so_pin),
                                              setup.so_pin.Reveal().size(), label.data()),
               "C_InitToken"));
  // SoftHSM moves the new token to another slot when it is initialised the next time: settle that
  // now, and find the token by its label.
  ENKRAT_RETURN_IF_ERROR(module.Reinitialize());
  ENKRAT_ASSIGN_OR_RETURN(const TokenInfo blank, module.FindToken(setup.label));
  ENKRAT_RETURN_IF_ERROR(SetUserPin(module, blank.slot, setup));
  return module.FindToken(setup.label);
}

}  // namespace enkrat::hsm

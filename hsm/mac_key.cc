#include "hsm/mac_key.h"

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/secret_key.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kMacSize = 32;
// 256 bits: as strong as the hash (FIPS 198-1).
constexpr SecretKeyKind kMacKeyKind = {.name = "MAC key",
                                       .type = CKK_GENERIC_SECRET,
                                       .generation = CKM_GENERIC_SECRET_KEY_GEN,
                                       .signs = true};

}  // namespace

absl::StatusOr<MacKey> MacKeys::Generate(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key,
                          GenerateSecretKey(session, kMacKeyKind, label));
  return MacKey(std::shared_ptr<MacKey::Entry>(new MacKey::Entry{.label = label, .handle = key}));
}

absl::StatusOr<MacKey> MacKeys::Find(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key, FindSecretKey(session, kMacKeyKind, label));
  return MacKey(std::shared_ptr<MacKey::Entry>(new MacKey::Entry{.label = label, .handle = key}));
}

absl::Status MacKeys::Refresh(Session& session, const MacKey& key) {
  const absl::StatusOr<MacKey> found = Find(session, key.label());
  if (!found.ok()) {
    return MakeError(Reason::kHsmUnavailable,
                     absl::StrCat("after a reconnect: ", found.status().message()));
  }
  key.entry_->handle = found->entry_->handle.load();
  return absl::OkStatus();
}

absl::StatusOr<Bytes> MacKeys::Compute(Session& session, const MacKey& key, ByteSpan message) {
  ENKRAT_RETURN_IF_ERROR(session.Usable());
  CK_MECHANISM mechanism = {CKM_SHA256_HMAC, nullptr, 0};
  const CK_RV rv = session.functions().C_SignInit(session.handle(), &mechanism, key.entry_->handle);
  if (rv == CKR_KEY_HANDLE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID) session.RequestReconnect();
  ENKRAT_RETURN_IF_ERROR(session.Check(rv, "C_SignInit"));
  Bytes mac(kMacSize);
  CK_ULONG written = mac.size();
  ENKRAT_RETURN_IF_ERROR(session.CheckLaterStep(
      session.functions().C_Sign(session.handle(), const_cast<CK_BYTE*>(message.data()),
                                 message.size(), mac.data(), &written),
      "C_Sign"));
  if (written != kMacSize) {
    return MakeError(Reason::kInternal, "the token gave a MAC of another length");
  }
  return mac;
}

}  // namespace enkrat::hsm

#include "hsm/mac_key.h"

#include <openssl/crypto.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/attribute_list.h"
#include "hsm/ck_status.h"
#include "hsm/object_search.h"
#include "hsm/session.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kKeyIdSize = 16;
constexpr CK_ULONG kKeySize = 32;  // FIPS 198-1: as strong as the hash
constexpr size_t kMacSize = 32;

// kConfigurationInvalid unless the token keeps the key to itself.
absl::Status CheckSecrecy(Session& session, CK_OBJECT_HANDLE key, absl::string_view label) {
  CK_BBOOL sensitive = CK_FALSE;
  CK_BBOOL extractable = CK_TRUE;
  CK_BBOOL local = CK_FALSE;
  std::array<CK_ATTRIBUTE, 3> flags = {CK_ATTRIBUTE{CKA_SENSITIVE, &sensitive, 1},
                                       CK_ATTRIBUTE{CKA_EXTRACTABLE, &extractable, 1},
                                       CK_ATTRIBUTE{CKA_LOCAL, &local, 1}};
  ENKRAT_RETURN_IF_ERROR(session.Check(
      session.functions().C_GetAttributeValue(session.handle(), key, flags.data(), flags.size()),
      "C_GetAttributeValue"));
  std::array<uint8_t, 64> octets{};
  CK_ATTRIBUTE secret = {CKA_VALUE, octets.data(), octets.size()};
  const CK_RV rv = session.functions().C_GetAttributeValue(session.handle(), key, &secret, 1);
  OPENSSL_cleanse(octets.data(), octets.size());
  if (sensitive != CK_FALSE && extractable == CK_FALSE && local != CK_FALSE && rv != CKR_OK) {
    return absl::OkStatus();
  }
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("MAC key '", label, "' was not made in the token or can leave it"));
}

}  // namespace

absl::StatusOr<MacKey> MacKeys::Generate(Session& session, const std::string& label) {
  ENKRAT_RETURN_IF_ERROR(CheckLabelIsFree(session, label));
  const Bytes id = RandomBytes(kKeyIdSize);
  AttributeList list;
  list.AddNumber(CKA_CLASS, CKO_SECRET_KEY);
  list.AddNumber(CKA_KEY_TYPE, CKK_GENERIC_SECRET);
  list.AddNumber(CKA_VALUE_LEN, kKeySize);
  list.AddBool(CKA_TOKEN, true);
  list.AddBool(CKA_PRIVATE, true);
  list.AddBool(CKA_SENSITIVE, true);
  list.AddBool(CKA_EXTRACTABLE, false);
  list.AddBool(CKA_SIGN, true);
  list.AddBool(CKA_VERIFY, false);
  list.AddBool(CKA_ENCRYPT, false);
  list.AddBool(CKA_DECRYPT, false);
  list.AddBool(CKA_WRAP, false);
  list.AddBool(CKA_UNWRAP, false);
  list.AddBool(CKA_DERIVE, false);
  list.AddBool(CKA_MODIFIABLE, false);
  list.AddOctets(CKA_ID, id);
  list.AddText(CKA_LABEL, label);
  CK_MECHANISM mechanism = {CKM_GENERIC_SECRET_KEY_GEN, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  ENKRAT_RETURN_IF_ERROR(
      session.Check(session.functions().C_GenerateKey(session.handle(), &mechanism, list.entries(),
                                                      list.size(), &key),
                    "C_GenerateKey"));
  absl::StatusOr<MacKey> made = Find(session, label);
  if (!made.ok()) session.functions().C_DestroyObject(session.handle(), key);
  return made;
}

absl::StatusOr<MacKey> MacKeys::Find(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key,
                          FindTokenObject(session, CKO_SECRET_KEY, label));
  ENKRAT_RETURN_IF_ERROR(CheckSecrecy(session, key, label));
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

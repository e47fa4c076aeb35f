#include "hsm/secret_key.h"

#include <openssl/crypto.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/attribute_list.h"
#include "hsm/object_search.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kKeyIdSize = 16;
constexpr CK_ULONG kKeySize = 32;

absl::Status CheckKept(Session& session, const SecretKeyKind& kind, CK_OBJECT_HANDLE key,
                       absl::string_view label) {
  CK_BBOOL sensitive = CK_FALSE;
  CK_BBOOL extractable = CK_TRUE;
  CK_BBOOL local = CK_FALSE;
  CK_KEY_TYPE type = CK_UNAVAILABLE_INFORMATION;
  std::array<CK_ATTRIBUTE, 4> shown = {
      CK_ATTRIBUTE{CKA_SENSITIVE, &sensitive, 1}, CK_ATTRIBUTE{CKA_EXTRACTABLE, &extractable, 1},
      CK_ATTRIBUTE{CKA_LOCAL, &local, 1}, CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof(type)}};
  ENKRAT_RETURN_IF_ERROR(session.Check(
      session.functions().C_GetAttributeValue(session.handle(), key, shown.data(), shown.size()),
      "C_GetAttributeValue"));
  if (type != kind.type) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("key '", label, "' is no ", kind.name));
  }
  std::array<uint8_t, 64> octets{};
  CK_ATTRIBUTE secret = {CKA_VALUE, octets.data(), octets.size()};
  const CK_RV rv = session.functions().C_GetAttributeValue(session.handle(), key, &secret, 1);
  OPENSSL_cleanse(octets.data(), octets.size());
  if (sensitive != CK_FALSE && extractable == CK_FALSE && local != CK_FALSE && rv != CKR_OK) {
    return absl::OkStatus();
  }
  return MakeError(
      Reason::kConfigurationInvalid,
      absl::StrCat(kind.name, " '", label, "' was not made in the token or can leave it"));
}

}  // namespace

absl::StatusOr<CK_OBJECT_HANDLE> GenerateSecretKey(Session& session, const SecretKeyKind& kind,
                                                   const std::string& label) {
  ENKRAT_RETURN_IF_ERROR(CheckLabelIsFree(session, label));
  const Bytes id = RandomBytes(kKeyIdSize);
  AttributeList list;
  list.AddNumber(CKA_CLASS, CKO_SECRET_KEY);
  list.AddNumber(CKA_KEY_TYPE, kind.type);
  list.AddNumber(CKA_VALUE_LEN, kKeySize);
  list.AddBool(CKA_TOKEN, true);
  list.AddBool(CKA_PRIVATE, true);
  list.AddBool(CKA_SENSITIVE, true);
  list.AddBool(CKA_EXTRACTABLE, false);
  list.AddBool(CKA_SIGN, kind.signs);
  list.AddBool(CKA_VERIFY, false);
  list.AddBool(CKA_ENCRYPT, kind.encrypts);
  list.AddBool(CKA_DECRYPT, kind.encrypts);
  list.AddBool(CKA_WRAP, false);
  list.AddBool(CKA_UNWRAP, false);
  list.AddBool(CKA_DERIVE, false);
  list.AddBool(CKA_MODIFIABLE, false);
  list.AddOctets(CKA_ID, id);
  list.AddText(CKA_LABEL, label);
  CK_MECHANISM mechanism = {kind.generation, nullptr, 0};
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  ENKRAT_RETURN_IF_ERROR(
      session.Check(session.functions().C_GenerateKey(session.handle(), &mechanism, list.entries(),
                                                      list.size(), &key),
                    "C_GenerateKey"));
  absl::StatusOr<CK_OBJECT_HANDLE> made = FindSecretKey(session, kind, label);
  if (!made.ok()) session.functions().C_DestroyObject(session.handle(), key);
  return made;
}

absl::StatusOr<CK_OBJECT_HANDLE> FindSecretKey(Session& session, const SecretKeyKind& kind,
                                               const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key,
                          FindTokenObject(session, CKO_SECRET_KEY, label));
  ENKRAT_RETURN_IF_ERROR(CheckKept(session, kind, key, label));
  return key;
}

}  // namespace enkrat::hsm

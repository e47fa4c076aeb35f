#include "hsm/object_listing.h"

#include <array>

#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/object_search.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kMostObjects = 100'000;

struct ClassRow {
  ObjectClass object_class;
  CK_OBJECT_CLASS cryptoki_class;
  absl::string_view name;
};

constexpr std::array kClasses = {
    ClassRow{ObjectClass::kPrivateKey, CKO_PRIVATE_KEY, "private key"},
    ClassRow{ObjectClass::kPublicKey, CKO_PUBLIC_KEY, "public key"},
    ClassRow{ObjectClass::kSecretKey, CKO_SECRET_KEY, "secret key"},
    ClassRow{ObjectClass::kCertificate, CKO_CERTIFICATE, "certificate"},
};

ObjectClass FromCryptoki(CK_OBJECT_CLASS cryptoki_class) {
  for (const ClassRow& row : kClasses) {
    if (row.cryptoki_class == cryptoki_class) return row.object_class;
  }
  return ObjectClass::kOther;
}

// nullopt for an object that went away since it was found: other threads destroy theirs meanwhile.
absl::StatusOr<std::optional<ObjectInfo>> Describe(Session& session, CK_OBJECT_HANDLE object) {
  CK_OBJECT_CLASS object_class = 0;
  CK_BBOOL token = CK_FALSE;
  std::array<char, 256> label{};
  std::array<uint8_t, 256> id{};
  std::array<CK_ATTRIBUTE, 4> entries = {
      CK_ATTRIBUTE{CKA_CLASS, &object_class, sizeof(object_class)},
      CK_ATTRIBUTE{CKA_TOKEN, &token, sizeof(token)},
      CK_ATTRIBUTE{CKA_LABEL, label.data(), label.size()},
      CK_ATTRIBUTE{CKA_ID, id.data(), id.size()}};
  const CK_RV rv = session.functions().C_GetAttributeValue(session.handle(), object, entries.data(),
                                                           entries.size());
  if (rv == CKR_OBJECT_HANDLE_INVALID) return std::nullopt;
  // Not every object has a label and an id, and a label may be longer than any of ours.
  if (rv != CKR_ATTRIBUTE_TYPE_INVALID && rv != CKR_BUFFER_TOO_SMALL) {
    ENKRAT_RETURN_IF_ERROR(session.Check(rv, "C_GetAttributeValue"));
  }
  ObjectInfo info = {.object_class = FromCryptoki(object_class), .token = token != CK_FALSE};
  if (entries[2].ulValueLen <= label.size()) info.label.assign(label.data(), entries[2].ulValueLen);
  if (entries[3].ulValueLen <= id.size()) {
    info.id = ToHex(ByteSpan(id.data(), entries[3].ulValueLen));
  }
  return info;
}

}  // namespace

absl::string_view ObjectClassName(ObjectClass object_class) {
  for (const ClassRow& row : kClasses) {
    if (row.object_class == object_class) return row.name;
  }
  return "other object";
}

absl::StatusOr<std::vector<ObjectInfo>> ListObjects(SessionLease& lease,
                                                    const ObjectFilter& filter) {
  AttributeList attributes;
  if (filter.label.has_value()) attributes.AddText(CKA_LABEL, *filter.label);
  if (filter.token.has_value()) attributes.AddBool(CKA_TOKEN, *filter.token);
  for (const ClassRow& row : kClasses) {
    if (filter.object_class == row.object_class) {
      attributes.AddNumber(CKA_CLASS, row.cryptoki_class);
    }
  }
  Session& session = lease.session();
  ENKRAT_ASSIGN_OR_RETURN(const std::vector<CK_OBJECT_HANDLE> handles,
                          FindObjects(session, attributes, kMostObjects));
  std::vector<ObjectInfo> objects;
  for (const CK_OBJECT_HANDLE handle : handles) {
    ENKRAT_ASSIGN_OR_RETURN(std::optional<ObjectInfo> info, Describe(session, handle));
    if (info.has_value()) objects.push_back(*std::move(info));
  }
  return objects;
}

absl::StatusOr<size_t> CountOneTimeKeys(SessionLease& lease) {
  ENKRAT_ASSIGN_OR_RETURN(
      const std::vector<ObjectInfo> keys,
      ListObjects(lease, {.object_class = ObjectClass::kPrivateKey, .token = false}));
  return keys.size();
}

}  // namespace enkrat::hsm

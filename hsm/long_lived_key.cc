#include "hsm/long_lived_key.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/ck_status.h"
#include "hsm/key_pair.h"
#include "hsm/object_search.h"
#include "hsm/session.h"
#include "hsm/token_signature.h"

namespace enkrat::hsm {
namespace {

constexpr size_t kKeyIdSize = 16;

absl::StatusOr<std::string> ReadKeyId(Session& session, CK_OBJECT_HANDLE key) {
  std::array<uint8_t, 128> id{};
  CK_ATTRIBUTE entry = {CKA_ID, id.data(), id.size()};
  ENKRAT_RETURN_IF_ERROR(
      session.Check(session.functions().C_GetAttributeValue(session.handle(), key, &entry, 1),
                    "C_GetAttributeValue"));
  if (entry.ulValueLen > id.size()) {
    return MakeError(Reason::kInternal, "the token gave a key id of impossible length");
  }
  return ToHex(ByteSpan(id.data(), entry.ulValueLen));
}

}  // namespace

// The key through one leased session.
class BoundLongLivedKey final : public SigningKey {
 public:
  BoundLongLivedKey(std::shared_ptr<Session> session, const LongLivedKey& key)
      : session_(std::move(session)), key_(key) {}

  const PublicKey& public_key() const override { return key_.public_key(); }

  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) override {
    absl::StatusOr<Bytes> signature = SignInToken(*session_, key_.entry_->private_handle,
                                                  public_key().algorithm(), algorithm, digest);
    if (signature.ok()) return signature;
    // A handle that does not hold any more is looked up again, and that is part of reconnecting.
    const std::optional<ReturnValue> rv = ReturnValueOf(signature.status());
    if (rv == CKR_KEY_HANDLE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID) {
      session_->RequestReconnect();
    }
    return WithContext(signature.status(), absl::StrCat("key '", key_.label(), "'"));
  }

 private:
  const std::shared_ptr<Session> session_;
  const LongLivedKey key_;
};

absl::StatusOr<LongLivedKey> LongLivedKeys::Generate(Session& session,
                                                     const LongLivedKeySpec& spec) {
  ENKRAT_RETURN_IF_ERROR(CheckLabelIsFree(session, spec.label));
  const Bytes id = RandomBytes(kKeyIdSize);
  ENKRAT_ASSIGN_OR_RETURN(
      const KeyPairHandles handles,
      GenerateKeyPair(session,
                      {.algorithm = spec.algorithm, .id = id, .label = spec.label, .token = true}));
  absl::StatusOr<LongLivedKey> key = Find(session, spec.label);
  if (!key.ok()) {
    // Not a key the service may use: do not leave it behind under a name it looks for.
    session.functions().C_DestroyObject(session.handle(), handles.private_key);
    session.functions().C_DestroyObject(session.handle(), handles.public_key);
  }
  return key;
}

absl::StatusOr<LongLivedKey> LongLivedKeys::Find(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE private_key,
                          FindTokenObject(session, CKO_PRIVATE_KEY, label));
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE public_object,
                          FindTokenObject(session, CKO_PUBLIC_KEY, label));
  ENKRAT_ASSIGN_OR_RETURN(std::string key_id, ReadKeyId(session, private_key));
  ENKRAT_ASSIGN_OR_RETURN(const std::string public_id, ReadKeyId(session, public_object));
  if (key_id != public_id) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("the two halves of key '", label, "' have different ids"));
  }
  ENKRAT_ASSIGN_OR_RETURN(const KeyAlgorithm algorithm, ReadKeyAlgorithm(session, public_object));
  ENKRAT_ASSIGN_OR_RETURN(KeyAttributes attributes,
                          ReadKeyAttributes(session, private_key, algorithm));
  if (absl::Status kept = CheckKeyAttributes(attributes, /*expect_token=*/true); !kept.ok()) {
    return MakeError(Reason::kConfigurationInvalid,
                     absl::StrCat("key '", label, "': ", kept.message()));
  }
  ENKRAT_ASSIGN_OR_RETURN(PublicKey public_key, ReadPublicKey(session, public_object, algorithm));
  auto entry = std::shared_ptr<LongLivedKey::Entry>(
      new LongLivedKey::Entry{.label = label,
                              .key_id = std::move(key_id),
                              .public_key = std::move(public_key),
                              .attributes = std::move(attributes),
                              .private_handle = private_key});
  return LongLivedKey(std::move(entry));
}

absl::Status LongLivedKeys::Refresh(Session& session, const LongLivedKey& key) {
  const absl::StatusOr<LongLivedKey> found = Find(session, key.label());
  if (!found.ok()) {
    return MakeError(Reason::kHsmUnavailable,
                     absl::StrCat("after a reconnect: ", found.status().message()));
  }
  if (found->public_key().spki_der() != key.public_key().spki_der()) {
    return MakeError(Reason::kHsmUnavailable,
                     absl::StrCat("after a reconnect, key '", key.label(), "' is another one"));
  }
  key.entry_->private_handle = found->entry_->private_handle.load();
  return absl::OkStatus();
}

std::unique_ptr<SigningKey> LongLivedKeys::Bind(std::shared_ptr<Session> session,
                                                const LongLivedKey& key) {
  return std::make_unique<BoundLongLivedKey>(std::move(session), key);
}

}  // namespace enkrat::hsm

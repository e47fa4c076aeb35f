#include "hsm/wrapping_key.h"

#include <openssl/crypto.h>

#include "absl/strings/str_cat.h"
#include "common/aead.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "hsm/secret_key.h"

namespace enkrat::hsm {
namespace {

constexpr SecretKeyKind kWrappingKeyKind = {
    .name = "wrapping key", .type = CKK_AES, .generation = CKM_AES_KEY_GEN, .encrypts = true};
constexpr CK_RV kAeadDecryptFailed = 0x42;  // PKCS#11 v3.0; older headers lack it
constexpr size_t kLongestText = 1024;
constexpr size_t kOverhead = kAeadNonceBytes + kAeadTagBytes;

CK_GCM_PARAMS Parameters(ByteSpan nonce, ByteSpan associated) {
  CK_GCM_PARAMS parameters = {};
  // Input only, although Cryptoki's types are not const.
  parameters.pIv = const_cast<CK_BYTE*>(nonce.data());
  parameters.ulIvLen = nonce.size();
  parameters.ulIvBits = nonce.size() * 8;
  parameters.pAAD = const_cast<CK_BYTE*>(associated.data());
  parameters.ulAADLen = associated.size();
  parameters.ulTagBits = kAeadTagBytes * 8;
  return parameters;
}

absl::Status CheckInit(Session& session, CK_RV rv, absl::string_view call) {
  if (rv == CKR_KEY_HANDLE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID) session.RequestReconnect();
  return session.Check(rv, call);
}

// What tokens say of a tag that does not fit; of a token that is in trouble, too.
bool MayBeForged(CK_RV rv) {
  return rv == CKR_GENERAL_ERROR || rv == CKR_ENCRYPTED_DATA_INVALID ||
         rv == CKR_ENCRYPTED_DATA_LEN_RANGE || rv == kAeadDecryptFailed;
}

absl::Status NotOfThisKey(const WrappingKey& key) {
  return MakeError(Reason::kConfigurationInvalid,
                   absl::StrCat("what is to be decrypted was not encrypted with the key '",
                                key.label(), "' of this token, or was altered since"));
}

}  // namespace

absl::StatusOr<WrappingKey> WrappingKeys::Generate(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key,
                          GenerateSecretKey(session, kWrappingKeyKind, label));
  return WrappingKey(
      std::shared_ptr<WrappingKey::Entry>(new WrappingKey::Entry{.label = label, .handle = key}));
}

absl::StatusOr<WrappingKey> WrappingKeys::Find(Session& session, const std::string& label) {
  ENKRAT_ASSIGN_OR_RETURN(const CK_OBJECT_HANDLE key,
                          FindSecretKey(session, kWrappingKeyKind, label));
  return WrappingKey(
      std::shared_ptr<WrappingKey::Entry>(new WrappingKey::Entry{.label = label, .handle = key}));
}

absl::Status WrappingKeys::Refresh(Session& session, const WrappingKey& key) {
  const absl::StatusOr<WrappingKey> found = Find(session, key.label());
  if (!found.ok()) {
    return MakeError(Reason::kHsmUnavailable,
                     absl::StrCat("after a reconnect: ", found.status().message()));
  }
  key.entry_->handle = found->entry_->handle.load();
  return absl::OkStatus();
}

absl::StatusOr<Bytes> WrappingKeys::Encrypt(Session& session, const WrappingKey& key,
                                            ByteSpan plaintext, ByteSpan associated) {
  ENKRAT_RETURN_IF_ERROR(session.Usable());
  if (plaintext.size() > kLongestText) {
    return MakeError(Reason::kLimitExceeded, "a wrapping key encrypts 1024 octets at most");
  }
  Bytes sealed = RandomBytes(kAeadNonceBytes);
  const Bytes nonce = sealed;
  CK_GCM_PARAMS parameters = Parameters(nonce, associated);
  CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof(parameters)};
  ENKRAT_RETURN_IF_ERROR(CheckInit(
      session, session.functions().C_EncryptInit(session.handle(), &mechanism, key.entry_->handle),
      "C_EncryptInit"));
  Bytes text(plaintext.size() + kAeadTagBytes);
  CK_ULONG written = text.size();
  ENKRAT_RETURN_IF_ERROR(session.CheckLaterStep(
      session.functions().C_Encrypt(session.handle(), const_cast<CK_BYTE*>(plaintext.data()),
                                    plaintext.size(), text.data(), &written),
      "C_Encrypt"));
  if (written != text.size()) {
    return MakeError(Reason::kInternal, "the token gave a ciphertext of another length");
  }
  Append(sealed, text);
  return sealed;
}

absl::StatusOr<Bytes> WrappingKeys::Decrypt(Session& session, const WrappingKey& key,
                                            ByteSpan sealed, ByteSpan associated) {
  ENKRAT_RETURN_IF_ERROR(session.Usable());
  if (sealed.size() < kOverhead || sealed.size() > kLongestText + kOverhead) {
    return NotOfThisKey(key);
  }
  const ByteSpan text = sealed.subspan(kAeadNonceBytes);
  CK_GCM_PARAMS parameters = Parameters(sealed.first(kAeadNonceBytes), associated);
  CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof(parameters)};
  ENKRAT_RETURN_IF_ERROR(CheckInit(
      session, session.functions().C_DecryptInit(session.handle(), &mechanism, key.entry_->handle),
      "C_DecryptInit"));
  // Room for the tag: some tokens ask for it before they know the length (SoftHSM 2.6.1).
  Bytes plaintext(text.size());
  CK_ULONG written = plaintext.size();
  const CK_RV rv = session.functions().C_Decrypt(
      session.handle(), const_cast<CK_BYTE*>(text.data()), text.size(), plaintext.data(), &written);
  if (MayBeForged(rv)) {
    session.Quarantine();
    // A token that is in trouble would not answer this.
    ENKRAT_RETURN_IF_ERROR(session.CheckLoggedIn());
    return NotOfThisKey(key);
  }
  ENKRAT_RETURN_IF_ERROR(session.CheckLaterStep(rv, "C_Decrypt"));
  if (written != text.size() - kAeadTagBytes) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return MakeError(Reason::kInternal, "the token gave a plaintext of another length");
  }
  plaintext.resize(written);
  return plaintext;
}

}  // namespace enkrat::hsm

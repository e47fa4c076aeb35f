// FakeToken's AES-256-GCM.
#include <algorithm>

#include "common/aead.h"
#include "tests/support/fake_token.h"

namespace enkrat::testing {
namespace {

using Ciphering = FakeSession::Ciphering;

CK_RV Begin(const FakeObject* object, CK_ATTRIBUTE_TYPE use, const CK_MECHANISM& mechanism,
            CK_OBJECT_HANDLE key, std::optional<Ciphering>& operation) {
  if (operation.has_value()) return CKR_OPERATION_ACTIVE;
  if (object == nullptr) return CKR_KEY_HANDLE_INVALID;
  if (!object->Flag(use)) return CKR_KEY_FUNCTION_NOT_PERMITTED;
  if (mechanism.mechanism != CKM_AES_GCM) return CKR_MECHANISM_INVALID;
  if (mechanism.ulParameterLen != sizeof(CK_GCM_PARAMS)) return CKR_MECHANISM_PARAM_INVALID;
  const auto& parameters = *static_cast<const CK_GCM_PARAMS*>(mechanism.pParameter);
  if (parameters.ulIvLen != kAeadNonceBytes || parameters.ulTagBits != kAeadTagBytes * 8) {
    return CKR_MECHANISM_PARAM_INVALID;
  }
  operation = Ciphering{
      .key = key,
      .nonce = ToBytes(ByteSpan(parameters.pIv, parameters.ulIvLen)),
      .associated = ToBytes(ByteSpan(parameters.pAAD, parameters.ulAADLen)),
  };
  return CKR_OK;
}

CK_RV Answer(const Bytes& made, std::optional<Ciphering>& operation, CK_BYTE* out, CK_ULONG& size) {
  if (out == nullptr || size < made.size()) {
    size = made.size();
    return out == nullptr ? CKR_OK : CKR_BUFFER_TOO_SMALL;
  }
  operation.reset();
  std::copy(made.begin(), made.end(), out);
  size = made.size();
  return CKR_OK;
}

}  // namespace

CK_RV FakeToken::EncryptInit(FakeSession& session, const CK_MECHANISM& mechanism,
                             CK_OBJECT_HANDLE key) const {
  return Begin(Visible(key), CKA_ENCRYPT, mechanism, key, session.encrypting);
}

CK_RV FakeToken::Encrypt(FakeSession& session, ByteSpan plaintext, CK_BYTE* text,
                         CK_ULONG& size) const {
  if (!session.encrypting.has_value()) return CKR_OPERATION_NOT_INITIALIZED;
  const Ciphering& operation = *session.encrypting;
  const FakeObject* object = Visible(operation.key);
  if (object == nullptr) return CKR_KEY_HANDLE_INVALID;
  const absl::StatusOr<Bytes> made = AeadSealWithNonce(
      object->attributes.at(CKA_VALUE), operation.nonce, plaintext, operation.associated);
  if (!made.ok()) return CKR_GENERAL_ERROR;
  return Answer(*made, session.encrypting, text, size);
}

CK_RV FakeToken::DecryptInit(FakeSession& session, const CK_MECHANISM& mechanism,
                             CK_OBJECT_HANDLE key) const {
  return Begin(Visible(key), CKA_DECRYPT, mechanism, key, session.decrypting);
}

CK_RV FakeToken::Decrypt(FakeSession& session, ByteSpan text, CK_BYTE* plaintext,
                         CK_ULONG& size) const {
  if (!session.decrypting.has_value()) return CKR_OPERATION_NOT_INITIALIZED;
  const Ciphering operation = *session.decrypting;
  const FakeObject* object = Visible(operation.key);
  if (object == nullptr) return CKR_KEY_HANDLE_INVALID;
  Bytes sealed = operation.nonce;
  Append(sealed, text);
  const std::optional<Bytes> made =
      AeadOpen(object->attributes.at(CKA_VALUE), sealed, operation.associated);
  if (!made.has_value()) {
    session.decrypting.reset();
    return CKR_ENCRYPTED_DATA_INVALID;
  }
  return Answer(*made, session.decrypting, plaintext, size);
}

}  // namespace enkrat::testing

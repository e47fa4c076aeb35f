// AES-256-GCM by OpenSSL's EVP.
#include "common/aead.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>

#include "common/openssl_ptr.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat {
namespace {

using EvpCipherPtr = std::unique_ptr<EVP_CIPHER, OpenSslDeleter<EVP_CIPHER_free>>;
using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDeleter<EVP_CIPHER_CTX_free>>;

constexpr size_t kLongest = std::numeric_limits<int>::max() - 64;  // EVP counts in int

// Fetched once: an implicit fetch at every use costs more than the encryption of a record.
const EVP_CIPHER* Cipher() {
  static const EvpCipherPtr* const cipher =
      new EvpCipherPtr(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  return cipher->get();
}

bool Suitable(ByteSpan key, ByteSpan nonce, ByteSpan text, ByteSpan associated) {
  return key.size() == kAeadKeyBytes && nonce.size() == kAeadNonceBytes &&
         text.size() <= kLongest && associated.size() <= kLongest;
}

int Length(ByteSpan octets) { return static_cast<int>(octets.size()); }

// Key, nonce (12 octets are GCM's default) and associated octets; `encrypt`: 1 or 0.
EvpCipherCtxPtr Begin(ByteSpan key, ByteSpan nonce, ByteSpan associated, int encrypt) {
  EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool begun =
      context != nullptr && Cipher() != nullptr &&
      EVP_CipherInit_ex2(context.get(), Cipher(), key.data(), nonce.data(), encrypt, nullptr) ==
          1 &&
      (associated.empty() || EVP_CipherUpdate(context.get(), nullptr, &written, associated.data(),
                                              Length(associated)) == 1);
  if (!begun) context.reset();
  return context;
}

}  // namespace

absl::StatusOr<Bytes> AeadSealWithNonce(ByteSpan key, ByteSpan nonce, ByteSpan plaintext,
                                        ByteSpan associated) {
  if (!Suitable(key, nonce, plaintext, associated)) {
    return MakeError(Reason::kInternal, "AES-256-GCM: key, nonce or text of an impossible length");
  }
  const EvpCipherCtxPtr context = Begin(key, nonce, associated, /*encrypt=*/1);
  Bytes sealed(plaintext.size() + kAeadTagBytes);
  uint8_t* const tag = sealed.data() + plaintext.size();
  int written = 0;
  const bool done =
      context != nullptr &&
      (plaintext.empty() || EVP_CipherUpdate(context.get(), sealed.data(), &written,
                                             plaintext.data(), Length(plaintext)) == 1) &&
      EVP_CipherFinal_ex(context.get(), tag, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag) == 1;
  if (!done) return OpenSslError(Reason::kInternal, "encrypt with AES-256-GCM");
  return sealed;
}

absl::StatusOr<Bytes> AeadSeal(ByteSpan key, ByteSpan plaintext, ByteSpan associated) {
  Bytes sealed = RandomBytes(kAeadNonceBytes);
  ENKRAT_ASSIGN_OR_RETURN(const Bytes text, AeadSealWithNonce(key, sealed, plaintext, associated));
  Append(sealed, text);
  return sealed;
}

std::optional<Bytes> AeadOpen(ByteSpan key, ByteSpan sealed, ByteSpan associated) {
  if (sealed.size() < kAeadNonceBytes + kAeadTagBytes) return std::nullopt;
  const ByteSpan nonce = sealed.first(kAeadNonceBytes);
  const ByteSpan text =
      sealed.subspan(kAeadNonceBytes, sealed.size() - kAeadNonceBytes - kAeadTagBytes);
  Bytes tag = ToBytes(sealed.last(kAeadTagBytes));
  if (!Suitable(key, nonce, text, associated)) return std::nullopt;
  const EvpCipherCtxPtr context = Begin(key, nonce, associated, /*encrypt=*/0);
  Bytes plaintext(text.size());
  int written = 0;
  uint8_t none = 0;
  const bool genuine =
      context != nullptr &&
      (text.empty() || EVP_CipherUpdate(context.get(), plaintext.data(), &written, text.data(),
                                        Length(text)) == 1) &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1 &&
      EVP_CipherFinal_ex(context.get(), &none, &written) == 1;
  if (!genuine) {
    DrainOpenSslErrors();
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace enkrat

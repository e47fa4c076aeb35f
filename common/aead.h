// Authenticated encryption of what is stored: AES-256-GCM (NIST SP 800-38D) with random nonces.
#ifndef ENKRAT_COMMON_AEAD_H_
#define ENKRAT_COMMON_AEAD_H_

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat {

inline constexpr size_t kAeadKeyBytes = 32;
inline constexpr size_t kAeadNonceBytes = 12;
inline constexpr size_t kAeadTagBytes = 16;

// nonce || ciphertext || tag. `key` is of kAeadKeyBytes; `associated` is authenticated with it, not
// stored. A nonce is random, so one key seals at most 2^32 texts (SP 800-38D 8.3); callers change
// theirs long before. kInternal if OpenSSL fails or the key is of another length.
absl::StatusOr<Bytes> AeadSeal(ByteSpan key, ByteSpan plaintext, ByteSpan associated);

// The plaintext; nullopt unless `sealed` was made by AeadSeal with this key and `associated`, and
// is as it was made.
std::optional<Bytes> AeadOpen(ByteSpan key, ByteSpan sealed, ByteSpan associated);

// The same with a nonce that the caller has made unique, and without it in front: ciphertext ||
// tag. For the tests' token.
absl::StatusOr<Bytes> AeadSealWithNonce(ByteSpan key, ByteSpan nonce, ByteSpan plaintext,
                                        ByteSpan associated);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_AEAD_H_

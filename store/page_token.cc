// Where the next page of a list begins.
#include "store/page_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "common/digest.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

constexpr absl::string_view kPurpose = "enkrat/page-token/v2";
constexpr absl::string_view kCheckPurpose = "enkrat/page-token-check/v3";
constexpr size_t kPositionBytes = 8;
constexpr size_t kBlockBytes = 16;

using Block = std::array<uint8_t, kBlockBytes>;
using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDeleter<EVP_CIPHER_CTX_free>>;
enum class Direction { kDecrypt = 0, kEncrypt = 1 };

// The salt has one length and nobody sees a digest, so that a plain hash is a good key derivation.
std::array<uint8_t, 32> KeyOf(ByteSpan salt, absl::string_view relying_party) {
  Bytes message = ToBytes(kPurpose);
  message.push_back(0);
  Append(message, salt);
  Append(message, AsSpan(relying_party));
  return Sha256(message);
}

// One block needs no mode of operation: each is a permutation of all blocks that the key picks.
absl::StatusOr<Block> Permute(ByteSpan salt, absl::string_view relying_party, const Block& input,
                              Direction direction) {
  const auto key = KeyOf(salt, relying_party);
  const CipherCtxPtr context(EVP_CIPHER_CTX_new());
  Block output;
  int size = 0;
  if (context == nullptr ||
      EVP_CipherInit_ex(context.get(), EVP_aes_256_ecb(), nullptr, key.data(), nullptr,
                        static_cast<int>(direction)) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), output.data(), &size, input.data(), kBlockBytes) != 1 ||
      size != kBlockBytes) {
    return OpenSslError(Reason::kInternal, "encrypting a page token");
  }
  return output;
}

// The salt and the block have one length each: nobody can lengthen what is hashed.
Block CheckValueOf(ByteSpan salt, const Block& block) {
  Bytes message = ToBytes(kCheckPurpose);
  message.push_back(0);
  Append(message, salt);
  Append(message, block);
  const auto digest = Sha256(message);
  Block value;
  std::copy_n(digest.begin(), kBlockBytes, value.begin());
  return value;
}

}  // namespace

absl::StatusOr<std::string> MakePageToken(ByteSpan salt, absl::string_view relying_party,
                                          int64_t position) {
  Block block = {};
  for (size_t i = 0; i < kPositionBytes; ++i) {
    block[i] = static_cast<uint8_t>(static_cast<uint64_t>(position) >> (56 - 8 * i));
  }
  ENKRAT_ASSIGN_OR_RETURN(block, Permute(salt, relying_party, block, Direction::kEncrypt));
  Bytes token(block.begin(), block.end());
  Append(token, CheckValueOf(salt, block));
  return ToBase64Url(token);
}

absl::StatusOr<int64_t> ReadPageToken(ByteSpan salt, absl::string_view relying_party,
                                      absl::string_view token) {
  const auto malformed = [] {
    return WithField(MakeError(Reason::kRequestMalformed, "page token is not ours"), "page_token");
  };
  if (token.size() > 64) return malformed();
  const std::optional<Bytes> octets = FromBase64Url(token);
  if (!octets.has_value() || octets->size() != 2 * kBlockBytes) return malformed();
  Block block;
  std::copy_n(octets->begin(), kBlockBytes, block.begin());
  const Block check = CheckValueOf(salt, block);
  if (CRYPTO_memcmp(check.data(), octets->data() + kBlockBytes, kBlockBytes) != 0) {
    return malformed();
  }
  ENKRAT_ASSIGN_OR_RETURN(block, Permute(salt, relying_party, block, Direction::kDecrypt));
  uint64_t position = 0;
  for (size_t i = 0; i < kPositionBytes; ++i) position = position << 8 | block[i];
  if (std::any_of(block.begin() + kPositionBytes, block.end(), [](uint8_t o) { return o != 0; })) {
    return WithField(MakeError(Reason::kNotPermitted, "page token of another relying party"),
                     "page_token");
  }
  return static_cast<int64_t>(position);
}

}  // namespace enkrat::store

#include "signer/signing_pin_hash.h"

#include <argon2.h>
#include <openssl/crypto.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::signer {
namespace {

constexpr uint32_t kLargestMemoryKib = 1024 * 1024;
constexpr uint32_t kMostPasses = 16;
constexpr uint32_t kLanes = 1;

}  // namespace

absl::StatusOr<Secret> HashPin(ByteSpan pin, ByteSpan salt, const PinHashCost& cost) {
  if (cost.memory_kib > kLargestMemoryKib || cost.passes > kMostPasses) {
    return MakeError(Reason::kInternal, "Argon2id: a cost out of bounds");
  }
  std::array<uint8_t, 32> tag{};
  const int code = argon2id_hash_raw(cost.passes, cost.memory_kib, kLanes, pin.data(), pin.size(),
                                     salt.data(), salt.size(), tag.data(), tag.size());
  Secret hash{ByteSpan(tag)};
  OPENSSL_cleanse(tag.data(), tag.size());
  if (code == ARGON2_OK) return hash;
  const bool memory = code == ARGON2_MEMORY_ALLOCATION_ERROR;
  return MakeError(memory ? Reason::kOverloaded : Reason::kInternal,
                   absl::StrCat("Argon2id: ", argon2_error_message(code)));
}

}  // namespace enkrat::signer

// Argon2id (RFC 9106): what makes every guess of a PIN cost memory and time.
#ifndef ENKRAT_SIGNER_SIGNING_PIN_HASH_H_
#define ENKRAT_SIGNER_SIGNING_PIN_HASH_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/secret.h"

namespace enkrat::signer {

struct PinHashCost {
  uint32_t memory_kib = 64 * 1024;  // 8..1048576
  uint32_t passes = 3;              // 1..16
  bool operator==(const PinHashCost&) const = default;
};

// 32 octets: Argon2id, version 0x13, one lane. `salt`: 8 to 64 octets. The library wipes its
// memory. kOverloaded if the memory cannot be had, kInternal for a cost or salt out of bounds.
absl::StatusOr<Secret> HashPin(ByteSpan pin, ByteSpan salt, const PinHashCost& cost);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_HASH_H_

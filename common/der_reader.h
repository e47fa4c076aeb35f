// Reads DER that a stranger sent, one element at a time, without copying it.
#ifndef ENKRAT_COMMON_DER_READER_H_
#define ENKRAT_COMMON_DER_READER_H_

#include <cstdint>
#include <optional>

#include "common/bytes.h"

namespace enkrat {

// One element inside somebody else's octets.
struct DerElement {
  uint8_t tag = 0;
  ByteSpan content;
  ByteSpan whole;  // identifier and length octets included
};

// A cursor over a run of elements. Only what DER allows is read: definite lengths in their shortest
// form (X.690 10.1), here of at most four octets; and only tag numbers below 31. Borrows the
// octets, which outlive it and its elements. Not thread-safe.
class DerReader {
 public:
  explicit DerReader(ByteSpan input) : rest_(input) {}

  bool AtEnd() const { return rest_.empty(); }
  bool NextIs(uint8_t tag) const { return !rest_.empty() && rest_[0] == tag; }

  // Takes the next element; nullopt, and nothing is taken, unless it has that tag and all of its
  // octets are there.
  std::optional<DerElement> Take(uint8_t tag);
  // Whatever its tag is.
  std::optional<DerElement> TakeAny();

 private:
  ByteSpan rest_;
};

// The content of an element of that tag that is the whole input.
std::optional<ByteSpan> OnlyElement(ByteSpan input, uint8_t tag);

// Content octets of an INTEGER in shortest form (X.690 8.3.2); of an OBJECT IDENTIFIER (8.19.2).
bool IsInteger(ByteSpan content);
bool IsOid(ByteSpan content);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_DER_READER_H_

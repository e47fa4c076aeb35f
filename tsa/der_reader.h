// Reads DER that a stranger sent, one element at a time, without copying it.
#ifndef ENKRAT_TSA_DER_READER_H_
#define ENKRAT_TSA_DER_READER_H_

#include <cstdint>
#include <optional>

#include "common/bytes.h"

namespace enkrat::tsa {

// Identifier octets (X.690 8.1.2) of what RFC 3161 and RFC 5652 use.
inline constexpr uint8_t kTagBoolean = 0x01;
inline constexpr uint8_t kTagInteger = 0x02;
inline constexpr uint8_t kTagBitString = 0x03;
inline constexpr uint8_t kTagOctetString = 0x04;
inline constexpr uint8_t kTagNull = 0x05;
inline constexpr uint8_t kTagOid = 0x06;
inline constexpr uint8_t kTagUtf8String = 0x0c;
inline constexpr uint8_t kTagGeneralizedTime = 0x18;
inline constexpr uint8_t kTagSequence = 0x30;
inline constexpr uint8_t kTagSet = 0x31;
// [n], primitive and constructed.
constexpr uint8_t ContextPrimitive(int number) { return static_cast<uint8_t>(0x80 | number); }
constexpr uint8_t ContextConstructed(int number) { return static_cast<uint8_t>(0xa0 | number); }

// One element: its content, and the whole of it with header.
struct DerElement {
  ByteSpan content;
  ByteSpan whole;
};

// A cursor over a run of elements. Only definite lengths in their shortest form and tag numbers
// below 31 (X.690 10.1). Borrows the octets. Not thread-safe.
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

// An element of that tag that is the whole input.
std::optional<ByteSpan> OnlyElement(ByteSpan input, uint8_t tag);

// Content octets of an INTEGER in shortest form (X.690 8.3.2); of an OBJECT IDENTIFIER (8.19.2).
bool IsInteger(ByteSpan content);
bool IsOid(ByteSpan content);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_DER_READER_H_

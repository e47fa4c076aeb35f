// One DER element: laid down from its parts, and read back (X.690 8.1, 10.1, 11.6).
#ifndef ENKRAT_ADES_DER_ELEMENT_H_
#define ENKRAT_ADES_DER_ELEMENT_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "common/bytes.h"

namespace enkrat::ades {

// Identifier octets of what a signature is made of.
inline constexpr uint8_t kDerInteger = 0x02;
inline constexpr uint8_t kDerBitString = 0x03;
inline constexpr uint8_t kDerOctetString = 0x04;
inline constexpr uint8_t kDerUtcTime = 0x17;
inline constexpr uint8_t kDerGeneralizedTime = 0x18;
inline constexpr uint8_t kDerSequence = 0x30;
inline constexpr uint8_t kDerSet = 0x31;
// [n], constructed: EXPLICIT, or IMPLICIT in front of a SEQUENCE or SET.
constexpr uint8_t DerContextTag(uint8_t number) { return static_cast<uint8_t>(0xa0 | number); }

// The element whose contents are the parts, one after the other.
Bytes DerElement(uint8_t tag, std::initializer_list<ByteSpan> parts);

// SET OF the encoded elements, in DER's order: ascending, as octet strings (X.690 11.6).
Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements);

// An element inside somebody else's octets.
struct DerView {
  uint8_t tag = 0;
  ByteSpan content;
  ByteSpan whole;  // identifier and length octets included
};

// Reads elements in order, without copying. Only what DER allows is read: definite lengths in their
// shortest form; and only tags of one octet. The octets outlive the cursor and its views.
class DerCursor {
 public:
  explicit DerCursor(ByteSpan octets) : rest_(octets) {}

  bool AtEnd() const { return rest_.empty(); }
  // The next element; nullopt, and the cursor stays, if there is none, it is broken or has another
  // tag than the one asked for.
  std::optional<DerView> Next();
  std::optional<DerView> Next(uint8_t tag);

 private:
  ByteSpan rest_;
};

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_DER_ELEMENT_H_

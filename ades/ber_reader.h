// Reads what a stranger encoded by BER (X.690 8), one element at a time, without copying it: the
// layers of a signature that are taken apart and laid anew, whose octets need not be DER.
#ifndef ENKRAT_ADES_BER_READER_H_
#define ENKRAT_ADES_BER_READER_H_

#include <optional>

#include "common/bytes.h"
#include "common/der_reader.h"

namespace enkrat::ades {

// A cursor over a run of elements, like DerReader, but with lengths in any form: not in the fewest
// octets (at most 8), or indefinite (8.1.3.6), nested at most 32 deep. The content of an element
// ends before its end-of-contents octets, `whole` behind them. Borrows the octets, which outlive it
// and its elements. Not thread-safe.
class BerReader {
 public:
  explicit BerReader(ByteSpan input) : rest_(input) {}

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
std::optional<ByteSpan> OnlyBerElement(ByteSpan input, uint8_t tag);

// The octets of an OCTET STRING in one piece or in many (8.7.3); nullopt if it is none.
std::optional<Bytes> OctetStringContent(ByteSpan whole);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_BER_READER_H_

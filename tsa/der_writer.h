// Lays out DER by hand: the few forms that timestamps need, from the inside out.
#ifndef ENKRAT_TSA_DER_WRITER_H_
#define ENKRAT_TSA_DER_WRITER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::tsa {

// One element around the given octets, one after another.
Bytes DerOf(uint8_t tag, std::initializer_list<ByteSpan> parts);
// SET OF: the elements in ascending order (X.690 11.6).
Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements);
// INTEGER of a number that is not negative, without leading zeros.
Bytes DerInteger(uint64_t value, uint8_t tag);
Bytes DerInteger(uint64_t value);
// OBJECT IDENTIFIER of its content octets; content octets of a dotted decimal one, nullopt if it is
// none; and the reverse, for content that IsOid.
Bytes DerOid(ByteSpan content);
std::optional<Bytes> OidContent(absl::string_view dotted);
std::string DottedOid(ByteSpan content);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_DER_WRITER_H_

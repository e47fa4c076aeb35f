// Writes DER (X.690): front to back with DerWriter, from the inside out with DerOf. For what is
// made for every signature, where OpenSSL's builders cost more than the signature itself.
#ifndef ENKRAT_COMMON_DER_WRITER_H_
#define ENKRAT_COMMON_DER_WRITER_H_

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/der_tag.h"

namespace enkrat {

// The element whose content is the given octets, one after another.
Bytes DerOf(uint8_t tag, std::initializer_list<ByteSpan> parts);
// SET OF the encoded elements: in ascending order (X.690 11.6).
Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements);
// INTEGER of a number that is not negative, without leading zeros.
Bytes DerInteger(uint64_t value, uint8_t tag = der_tag::kInteger);
// OBJECT IDENTIFIER of its content octets (common/object_identifier.h).
Bytes DerOid(ByteSpan content);

// Appends values to one buffer. Not thread-safe.
class DerWriter {
 public:
  explicit DerWriter(size_t expected_size = 256) { der_.reserve(expected_size); }

  // A value that is DER already.
  void Raw(ByteSpan der) { Append(der_, der); }
  void Element(uint8_t tag, ByteSpan content);
  void Element(uint8_t tag, absl::string_view content) { Element(tag, AsSpan(content)); }
  // A value whose content is what `body` writes to this writer.
  template <typename Body>
  void Nested(uint8_t tag, Body&& body) {
    const size_t content_start = Open(tag);
    std::forward<Body>(body)();
    Close(content_start);
  }

  void Null() { Element(der_tag::kNull, ByteSpan()); }
  void True();
  // Content octets of an OBJECT IDENTIFIER.
  void ObjectIdentifier(ByteSpan content) { Element(der_tag::kObjectIdentifier, content); }
  // INTEGER from a big-endian magnitude, in the shortest form (X.690 8.3).
  void UnsignedInteger(ByteSpan magnitude);
  // BIT STRING without unused bits.
  void BitString(ByteSpan octets);
  // Time of RFC 5280 4.1.2.5, and of a CMS signing time (RFC 5652 11.3): UTCTime from 1950 through
  // 2049, GeneralizedTime otherwise, whole seconds (rounded down). Years of at most four digits.
  void Time(absl::Time time);

  Bytes Take() && { return std::move(der_); }

 private:
  size_t Open(uint8_t tag);
  void Close(size_t content_start);

  Bytes der_;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_DER_WRITER_H_

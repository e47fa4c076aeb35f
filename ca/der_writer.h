// Writes DER (X.690) front to back: for the one structure that is made for every signature, where
// OpenSSL's builders cost more than the signature itself.
#ifndef ENKRAT_CA_DER_WRITER_H_
#define ENKRAT_CA_DER_WRITER_H_

#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::ca {

namespace der_tag {
inline constexpr uint8_t kBoolean = 0x01;
inline constexpr uint8_t kInteger = 0x02;
inline constexpr uint8_t kBitString = 0x03;
inline constexpr uint8_t kOctetString = 0x04;
inline constexpr uint8_t kNull = 0x05;
inline constexpr uint8_t kObjectIdentifier = 0x06;
inline constexpr uint8_t kUtf8String = 0x0c;
inline constexpr uint8_t kPrintableString = 0x13;
inline constexpr uint8_t kIa5String = 0x16;
inline constexpr uint8_t kUtcTime = 0x17;
inline constexpr uint8_t kGeneralizedTime = 0x18;
inline constexpr uint8_t kSequence = 0x30;
inline constexpr uint8_t kSet = 0x31;
// Context-specific tags, for implicit (primitive) and explicit (constructed) members.
constexpr uint8_t Primitive(uint8_t number) { return static_cast<uint8_t>(0x80 | number); }
constexpr uint8_t Constructed(uint8_t number) { return static_cast<uint8_t>(0xa0 | number); }
}  // namespace der_tag

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
  // Content octets of an OBJECT IDENTIFIER (ca/object_identifiers.h).
  void ObjectIdentifier(ByteSpan content) { Element(der_tag::kObjectIdentifier, content); }
  // INTEGER from a big-endian magnitude, in the shortest form (X.690 8.3).
  void UnsignedInteger(ByteSpan magnitude);
  // BIT STRING without unused bits.
  void BitString(ByteSpan octets);
  // Time of RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, whole seconds
  // (rounded down).
  void Time(absl::Time time);

  Bytes Take() && { return std::move(der_); }

 private:
  size_t Open(uint8_t tag);
  void Close(size_t content_start);

  Bytes der_;
};

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_DER_WRITER_H_

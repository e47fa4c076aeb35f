// Identifier octets of the ASN.1 types that certificates, signatures and timestamps are made of
// (X.690 8.1.2).
#ifndef ENKRAT_COMMON_DER_TAG_H_
#define ENKRAT_COMMON_DER_TAG_H_

#include <cstdint>

namespace enkrat::der_tag {

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

// Context-specific [number], below 31: IMPLICIT in front of a primitive type; EXPLICIT, or IMPLICIT
// in front of a SEQUENCE or SET.
constexpr uint8_t Primitive(int number) { return static_cast<uint8_t>(0x80 | number); }
constexpr uint8_t Constructed(int number) { return static_cast<uint8_t>(0xa0 | number); }

}  // namespace enkrat::der_tag

#endif  // ENKRAT_COMMON_DER_TAG_H_

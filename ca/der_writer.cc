#include "ca/der_writer.h"

#include <array>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace enkrat::ca {
namespace {

// Long-form length octets (X.690 8.1.3.5) behind the first one.
size_t LengthOctets(size_t length) {
  size_t octets = 1;
  while (length >>= 8) ++octets;
  return octets;
}

}  // namespace

size_t DerWriter::Open(uint8_t tag) {
  der_.push_back(tag);
  der_.push_back(0);  // room for a short length; Close makes more if it must
  return der_.size();
}

void DerWriter::Close(size_t content_start) {
  const size_t length = der_.size() - content_start;
  if (length < 0x80) {
    der_[content_start - 1] = static_cast<uint8_t>(length);
    return;
  }
  const size_t octets = LengthOctets(length);
  der_[content_start - 1] = static_cast<uint8_t>(0x80 | octets);
  std::array<uint8_t, sizeof(size_t)> encoded{};
  for (size_t i = 0; i < octets; ++i) {
    encoded[i] = static_cast<uint8_t>(length >> (8 * (octets - 1 - i)));
  }
  der_.insert(der_.begin() + static_cast<ptrdiff_t>(content_start), encoded.begin(),
              encoded.begin() + static_cast<ptrdiff_t>(octets));
}

void DerWriter::Element(uint8_t tag, ByteSpan content) {
  Nested(tag, [&] { Raw(content); });
}

void DerWriter::True() {
  static constexpr uint8_t kTrue[] = {0xff};
  Element(der_tag::kBoolean, kTrue);
}

void DerWriter::UnsignedInteger(ByteSpan magnitude) {
  while (!magnitude.empty() && magnitude.front() == 0) magnitude.remove_prefix(1);
  Nested(der_tag::kInteger, [&] {
    if (magnitude.empty() || (magnitude.front() & 0x80) != 0) der_.push_back(0);
    Raw(magnitude);
  });
}

void DerWriter::BitString(ByteSpan octets) {
  Nested(der_tag::kBitString, [&] {
    der_.push_back(0);
    Raw(octets);
  });
}

void DerWriter::Time(absl::Time time) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  const std::string rest = absl::StrFormat("%02d%02d%02d%02d%02dZ", civil.month(), civil.day(),
                                           civil.hour(), civil.minute(), civil.second());
  if (civil.year() >= 1950 && civil.year() < 2050) {
    Element(der_tag::kUtcTime, absl::StrFormat("%02d%s", civil.year() % 100, rest));
  } else {
    Element(der_tag::kGeneralizedTime, absl::StrFormat("%04d%s", civil.year(), rest));
  }
}

}  // namespace enkrat::ca

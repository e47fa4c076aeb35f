#include "common/der_writer.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace enkrat {
namespace {

// Identifier and length octets of an element of less than 4 GiB.
constexpr size_t kLongestHeader = 6;

// Length octets (X.690 8.1.3) in their shortest form.
class LengthOctets {
 public:
  explicit LengthOctets(size_t length) {
    if (length < 0x80) {
      octets_[size_++] = static_cast<uint8_t>(length);
      return;
    }
    size_t count = 1;
    while (count < sizeof(length) && length >> (8 * count) != 0) ++count;
    octets_[size_++] = static_cast<uint8_t>(0x80 | count);
    while (count > 0) octets_[size_++] = static_cast<uint8_t>(length >> (8 * --count));
  }

  ByteSpan span() const { return ByteSpan(octets_.data(), size_); }

 private:
  std::array<uint8_t, 1 + sizeof(size_t)> octets_{};
  size_t size_ = 0;
};

void AppendHeader(Bytes& out, uint8_t tag, size_t length) {
  out.push_back(tag);
  Append(out, LengthOctets(length).span());
}

}  // namespace

Bytes DerOf(uint8_t tag, std::initializer_list<ByteSpan> parts) {
  size_t size = 0;
  for (const ByteSpan part : parts) size += part.size();
  Bytes out;
  out.reserve(size + kLongestHeader);
  AppendHeader(out, tag, size);
  for (const ByteSpan part : parts) Append(out, part);
  return out;
}

Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements) {
  std::sort(elements.begin(), elements.end());
  size_t size = 0;
  for (const Bytes& element : elements) size += element.size();
  Bytes out;
  out.reserve(size + kLongestHeader);
  AppendHeader(out, tag, size);
  for (const Bytes& element : elements) Append(out, element);
  return out;
}

Bytes DerInteger(uint64_t value, uint8_t tag) {
  std::array<uint8_t, 1 + sizeof(value)> content{};  // a zero octet in front keeps it positive
  for (size_t i = 0; i < sizeof(value); ++i) {
    content[sizeof(value) - i] = static_cast<uint8_t>(value >> (8 * i));
  }
  ByteSpan shortest(content);
  while (shortest.size() > 1 && shortest[0] == 0 && shortest[1] < 0x80) shortest.remove_prefix(1);
  return DerOf(tag, {shortest});
}

Bytes DerOid(ByteSpan content) { return DerOf(der_tag::kObjectIdentifier, {content}); }

size_t DerWriter::Open(uint8_t tag) {
  der_.push_back(tag);
  der_.push_back(0);  // room for a short length; Close makes more if it must
  return der_.size();
}

void DerWriter::Close(size_t content_start) {
  const LengthOctets length(der_.size() - content_start);
  const ByteSpan octets = length.span();
  der_[content_start - 1] = octets.front();
  der_.insert(der_.begin() + static_cast<ptrdiff_t>(content_start), octets.begin() + 1,
              octets.end());
}

void DerWriter::Element(uint8_t tag, ByteSpan content) {
  AppendHeader(der_, tag, content.size());
  Raw(content);
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

}  // namespace enkrat

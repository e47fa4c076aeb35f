#include "common/der_reader.h"

namespace enkrat {
namespace {

constexpr size_t kMaxLengthOctets = 4;

// Octets of the header at the start of `input`, and of the content behind it.
struct Extent {
  size_t header = 0;
  size_t content = 0;
};

std::optional<Extent> ExtentOf(ByteSpan input) {
  if (input.size() < 2 || (input[0] & 0x1f) == 0x1f) return std::nullopt;
  Extent extent{.header = 2, .content = input[1]};
  if (input[1] >= 0x80) {
    const size_t count = input[1] & 0x7f;
    if (count == 0 || count > kMaxLengthOctets || input.size() < 2 + count) return std::nullopt;
    extent = {.header = 2 + count, .content = 0};
    for (const uint8_t octet : input.subspan(2, count)) {
      extent.content = extent.content << 8 | octet;
    }
    const bool shortest = extent.content >= 0x80 && input[2] != 0;
    if (!shortest) return std::nullopt;
  }
  if (extent.content > input.size() - extent.header) return std::nullopt;
  return extent;
}

}  // namespace

std::optional<DerElement> DerReader::TakeAny() {
  const std::optional<Extent> extent = ExtentOf(rest_);
  if (!extent) return std::nullopt;
  const DerElement element{.tag = rest_[0],
                           .content = rest_.subspan(extent->header, extent->content),
                           .whole = rest_.subspan(0, extent->header + extent->content)};
  rest_.remove_prefix(element.whole.size());
  return element;
}

std::optional<DerElement> DerReader::Take(uint8_t tag) {
  if (!NextIs(tag)) return std::nullopt;
  return TakeAny();
}

std::optional<ByteSpan> OnlyElement(ByteSpan input, uint8_t tag) {
  DerReader reader(input);
  const std::optional<DerElement> element = reader.Take(tag);
  if (!element || !reader.AtEnd()) return std::nullopt;
  return element->content;
}

bool IsInteger(ByteSpan content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const bool redundant_zero = content[0] == 0x00 && content[1] < 0x80;
  const bool redundant_sign = content[0] == 0xff && content[1] >= 0x80;
  return !redundant_zero && !redundant_sign;
}

bool IsOid(ByteSpan content) {
  if (content.empty() || content.back() >= 0x80) return false;
  bool starts_arc = true;
  for (const uint8_t octet : content) {
    if (starts_arc && octet == 0x80) return false;
    starts_arc = octet < 0x80;
  }
  return true;
}

}  // namespace enkrat

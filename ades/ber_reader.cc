#include "ades/ber_reader.h"

#include "common/der_tag.h"

namespace enkrat::ades {
namespace {

constexpr int kDeepest = 32;
constexpr size_t kMaxLengthOctets = 8;
constexpr uint8_t kConstructed = 0x20;
constexpr uint8_t kIndefinite = 0x80;
constexpr uint8_t kConstructedOctetString = der_tag::kOctetString | kConstructed;
constexpr size_t kEndOfContentsSize = 2;

// Octets of the header at the start of an element, of its content, and of what ends it.
struct Extent {
  size_t header = 0;
  size_t content = 0;
  size_t trailer = 0;

  size_t whole() const { return header + content + trailer; }
};

bool IsEndOfContents(ByteSpan input) {
  return input.size() >= kEndOfContentsSize && input[0] == 0 && input[1] == 0;
}

std::optional<Extent> ExtentOf(ByteSpan input, int depth);

// Of an element of indefinite length: its content ends where an end-of-contents stands in the place
// of an element.
std::optional<Extent> IndefiniteExtentOf(ByteSpan input, int depth) {
  if ((input[0] & kConstructed) == 0 || depth >= kDeepest) return std::nullopt;
  size_t end = 2;
  while (!IsEndOfContents(input.subspan(end))) {
    const std::optional<Extent> inner = ExtentOf(input.subspan(end), depth + 1);
    if (!inner.has_value()) return std::nullopt;
    end += inner->whole();
  }
  return Extent{.header = 2, .content = end - 2, .trailer = kEndOfContentsSize};
}

std::optional<Extent> ExtentOf(ByteSpan input, int depth) {
  if (input.size() < 2 || (input[0] & 0x1f) == 0x1f || input[0] == 0) return std::nullopt;
  if (input[1] == kIndefinite) return IndefiniteExtentOf(input, depth);
  Extent extent{.header = 2, .content = input[1]};
  if (input[1] > kIndefinite) {
    const size_t count = input[1] & 0x7f;
    if (count > kMaxLengthOctets || input.size() < 2 + count) return std::nullopt;
    extent = {.header = 2 + count, .content = 0};
    for (const uint8_t octet : input.subspan(2, count)) {
      extent.content = extent.content << 8 | octet;
    }
  }
  if (extent.content > input.size() - extent.header) return std::nullopt;
  return extent;
}

// Appends the octets of the string, or of the strings that it is made of.
bool AppendOctets(Bytes& out, const DerElement& string, int depth) {
  if (string.tag == der_tag::kOctetString) {
    Append(out, string.content);
    return true;
  }
  if (string.tag != kConstructedOctetString || depth >= kDeepest) return false;
  for (BerReader pieces(string.content); !pieces.AtEnd();) {
    const std::optional<DerElement> piece = pieces.TakeAny();
    if (!piece.has_value() || !AppendOctets(out, *piece, depth + 1)) return false;
  }
  return true;
}

}  // namespace

std::optional<DerElement> BerReader::TakeAny() {
  const std::optional<Extent> extent = ExtentOf(rest_, 0);
  if (!extent.has_value()) return std::nullopt;
  const DerElement element{.tag = rest_[0],
                           .content = rest_.subspan(extent->header, extent->content),
                           .whole = rest_.subspan(0, extent->whole())};
  rest_.remove_prefix(element.whole.size());
  return element;
}

std::optional<DerElement> BerReader::Take(uint8_t tag) {
  if (!NextIs(tag)) return std::nullopt;
  return TakeAny();
}

std::optional<ByteSpan> OnlyBerElement(ByteSpan input, uint8_t tag) {
  BerReader reader(input);
  const std::optional<DerElement> element = reader.Take(tag);
  if (!element.has_value() || !reader.AtEnd()) return std::nullopt;
  return element->content;
}

std::optional<Bytes> OctetStringContent(ByteSpan whole) {
  BerReader reader(whole);
  const std::optional<DerElement> string = reader.TakeAny();
  Bytes octets;
  if (!string.has_value() || !reader.AtEnd() || !AppendOctets(octets, *string, 0)) {
    return std::nullopt;
  }
  return octets;
}

}  // namespace enkrat::ades

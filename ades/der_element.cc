#include "ades/der_element.h"

#include <algorithm>
#include <utility>

namespace enkrat::ades {
namespace {

constexpr size_t kLongestLength = 4;  // octets of a length: elements below 4 GiB

void AppendHeader(Bytes& out, uint8_t tag, size_t length) {
  out.push_back(tag);
  if (length < 0x80) {
    out.push_back(static_cast<uint8_t>(length));
    return;
  }
  uint8_t octets = 1;
  while ((length >> (8 * octets)) != 0) ++octets;
  out.push_back(static_cast<uint8_t>(0x80 | octets));
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(length >> (8 * i)));
}

}  // namespace

Bytes DerElement(uint8_t tag, std::initializer_list<ByteSpan> parts) {
  size_t length = 0;
  for (ByteSpan part : parts) length += part.size();
  Bytes element;
  element.reserve(length + 2 + kLongestLength);
  AppendHeader(element, tag, length);
  for (ByteSpan part : parts) Append(element, part);
  return element;
}

Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements) {
  std::sort(elements.begin(), elements.end());
  size_t length = 0;
  for (const Bytes& element : elements) length += element.size();
  Bytes set;
  set.reserve(length + 2 + kLongestLength);
  AppendHeader(set, tag, length);
  for (const Bytes& element : elements) Append(set, element);
  return set;
}

std::optional<DerView> DerCursor::Next() {
  if (rest_.size() < 2 || (rest_[0] & 0x1f) == 0x1f) return std::nullopt;
  size_t header = 2;
  size_t length = rest_[1];
  if (length >= 0x80) {
    const size_t octets = length & 0x7f;
    header += octets;
    if (octets == 0 || octets > kLongestLength || rest_.size() < header) return std::nullopt;
    length = 0;
    for (size_t i = 0; i < octets; ++i) length = (length << 8) | rest_[2 + i];
    if (rest_[2] == 0 || length < 0x80) return std::nullopt;  // not the shortest form
  }
  if (rest_.size() - header < length) return std::nullopt;
  const DerView view{.tag = rest_[0],
                     .content = rest_.subspan(header, length),
                     .whole = rest_.first(header + length)};
  rest_.remove_prefix(header + length);
  return view;
}

std::optional<DerView> DerCursor::Next(uint8_t tag) {
  if (rest_.empty() || rest_[0] != tag) return std::nullopt;
  return Next();
}

}  // namespace enkrat::ades

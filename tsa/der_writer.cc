#include "tsa/der_writer.h"

#include <openssl/objects.h>

#include <algorithm>

#include "common/der.h"
#include "common/openssl_ptr.h"
#include "tsa/der_reader.h"

namespace enkrat::tsa {
namespace {

constexpr size_t kMaxDottedOid = 256;  // characters

void AppendHeader(Bytes& out, uint8_t tag, size_t size) {
  out.push_back(tag);
  if (size < 0x80) {
    out.push_back(static_cast<uint8_t>(size));
    return;
  }
  int octets = 1;
  while (size >> (8 * octets) != 0) ++octets;
  out.push_back(static_cast<uint8_t>(0x80 | octets));
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(size >> (8 * i)));
}

}  // namespace

Bytes DerOf(uint8_t tag, std::initializer_list<ByteSpan> parts) {
  size_t size = 0;
  for (const ByteSpan part : parts) size += part.size();
  Bytes out;
  out.reserve(size + 6);
  AppendHeader(out, tag, size);
  for (const ByteSpan part : parts) Append(out, part);
  return out;
}

Bytes DerSetOf(uint8_t tag, std::vector<Bytes> elements) {
  std::sort(elements.begin(), elements.end());
  Bytes content;
  for (const Bytes& element : elements) Append(content, element);
  return DerOf(tag, {content});
}

Bytes DerInteger(uint64_t value, uint8_t tag) {
  Bytes content;
  int octets = 1;
  while (octets < 9 && value >> (8 * octets - 1) != 0) ++octets;
  if (octets == 9) content.push_back(0);
  for (int i = std::min(octets, 8) - 1; i >= 0; --i) {
    content.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
  return DerOf(tag, {content});
}

Bytes DerInteger(uint64_t value) { return DerInteger(value, kTagInteger); }

Bytes DerOid(ByteSpan content) { return DerOf(kTagOid, {content}); }

std::optional<Bytes> OidContent(absl::string_view dotted) {
  if (dotted.empty() || dotted.size() > kMaxDottedOid) return std::nullopt;
  Asn1ObjectPtr object(OBJ_txt2obj(std::string(dotted).c_str(), 1));
  if (object == nullptr) {
    DrainOpenSslErrors();
    return std::nullopt;
  }
  const unsigned char* data = OBJ_get0_data(object.get());
  Bytes content(data, data + OBJ_length(object.get()));
  if (DottedOid(content) != dotted) return std::nullopt;  // OpenSSL lets "1..2" pass
  return content;
}

std::string DottedOid(ByteSpan content) {
  const Bytes der = DerOid(content);
  const absl::StatusOr<Asn1ObjectPtr> object = DecodeDer<Asn1ObjectPtr, d2i_ASN1_OBJECT>(der);
  if (!object.ok()) return "";
  std::string text(kMaxDottedOid, '\0');
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object->get(), 1);
  if (size <= 0 || static_cast<size_t>(size) >= text.size()) return "";
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace enkrat::tsa

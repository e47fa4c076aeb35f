#include "common/object_identifier.h"

#include <openssl/objects.h>

#include "common/der.h"
#include "common/der_writer.h"
#include "common/openssl_ptr.h"

namespace enkrat {
namespace {

constexpr size_t kMaxDotted = 256;  // characters

}  // namespace

std::optional<Bytes> OidContent(absl::string_view dotted) {
  if (dotted.empty() || dotted.size() > kMaxDotted) return std::nullopt;
  const Asn1ObjectPtr object(OBJ_txt2obj(std::string(dotted).c_str(), /*no_name=*/1));
  if (object == nullptr) {
    DrainOpenSslErrors();
    return std::nullopt;
  }
  const unsigned char* octets = OBJ_get0_data(object.get());
  Bytes content(octets, octets + OBJ_length(object.get()));
  if (DottedOid(content) != dotted) return std::nullopt;  // OpenSSL lets "1..2" pass
  return content;
}

std::string DottedOid(ByteSpan content) {
  const Bytes der = DerOid(content);
  const absl::StatusOr<Asn1ObjectPtr> object = DecodeDer<Asn1ObjectPtr, d2i_ASN1_OBJECT>(der);
  if (!object.ok()) return "";
  std::string text(kMaxDotted + 1, '\0');
  const int size =
      OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object->get(), /*no_name=*/1);
  if (size <= 0 || static_cast<size_t>(size) >= text.size()) return "";
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace enkrat

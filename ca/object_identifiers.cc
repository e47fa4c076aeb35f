#include "ca/object_identifiers.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::ca::oid {

absl::StatusOr<Bytes> FromDotted(absl::string_view dotted) {
  const absl::Status malformed = MakeError(
      Reason::kConfigurationInvalid,
      absl::StrCat("not an object identifier in dotted decimal: \"", dotted.substr(0, 128), "\""));
  if (dotted.empty() || dotted.size() > 128) return malformed;
  const std::string text(dotted);
  Asn1ObjectPtr object(OBJ_txt2obj(text.c_str(), /*no_name=*/1));
  if (object == nullptr) {
    DrainOpenSslErrors();
    return malformed;
  }
  std::array<char, 160> canonical{};
  OBJ_obj2txt(canonical.data(), canonical.size(), object.get(), /*no_name=*/1);
  if (dotted != canonical.data()) return malformed;  // leading zeros, spaces
  const ByteSpan content(OBJ_get0_data(object.get()), OBJ_length(object.get()));
  return ToBytes(content);
}

}  // namespace enkrat::ca::oid

// OBJECT IDENTIFIERs: between dotted decimal and the content octets of their DER.
#ifndef ENKRAT_COMMON_OBJECT_IDENTIFIER_H_
#define ENKRAT_COMMON_OBJECT_IDENTIFIER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat {

// Content octets of a dotted decimal identifier in its canonical form; nullopt if it is none or
// longer than 256 characters.
std::optional<Bytes> OidContent(absl::string_view dotted);

// The reverse, for content that IsOid (common/der_reader.h); "" for what is none or too long.
std::string DottedOid(ByteSpan content);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_OBJECT_IDENTIFIER_H_

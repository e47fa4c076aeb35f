// Octet strings: the types that carry DER, digests and keys between the folders, and their text
// forms.
#ifndef ENKRAT_COMMON_BYTES_H_
#define ENKRAT_COMMON_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enkrat {

using Bytes = std::vector<uint8_t>;
using ByteSpan = absl::Span<const uint8_t>;

// The octets of a text, and the reverse; no encoding is changed.
ByteSpan AsSpan(absl::string_view text);
Bytes ToBytes(ByteSpan octets);
Bytes ToBytes(absl::string_view text);
std::string ToString(ByteSpan octets);

// Lower-case hexadecimal, two characters an octet. FromHex accepts both cases and nothing else.
std::string ToHex(ByteSpan octets);
std::optional<Bytes> FromHex(absl::string_view hex);

// RFC 4648 section 4 (with padding) and section 5 (base64url, without padding). The decoders accept
// only the one canonical form of each octet string: no white space, no stray bits, no missing or
// extra padding.
std::string ToBase64(ByteSpan octets);
std::optional<Bytes> FromBase64(absl::string_view text);
std::string ToBase64Url(ByteSpan octets);
std::optional<Bytes> FromBase64Url(absl::string_view text);

// Compares without leaking through time where the first difference lies. Lengths are not secret.
bool ConstantTimeEqual(ByteSpan left, ByteSpan right);

inline void Append(Bytes& out, ByteSpan more) { out.insert(out.end(), more.begin(), more.end()); }

}  // namespace enkrat

#endif  // ENKRAT_COMMON_BYTES_H_

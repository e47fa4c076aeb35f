// Where the next page of a list begins.
#include "store/page_token.h"

#include "common/bytes.h"
#include "common/digest.h"
#include "common/reason.h"

namespace enkrat::store {
namespace {

constexpr absl::string_view kPurpose = "enkrat/page-token/v1";
constexpr size_t kPositionBytes = 8;
constexpr size_t kCheckBytes = 8;

Bytes WithCheck(absl::string_view relying_party, Bytes position) {
  Bytes message = ToBytes(kPurpose);
  message.push_back(0);
  Append(message, AsSpan(relying_party));
  message.push_back(0);
  Append(message, position);
  const auto digest = Sha256(message);
  Append(position, ByteSpan(digest).first(kCheckBytes));
  return position;
}

}  // namespace

std::string MakePageToken(absl::string_view relying_party, int64_t position) {
  Bytes octets;
  for (int shift = 56; shift >= 0; shift -= 8) {
    octets.push_back(static_cast<uint8_t>(static_cast<uint64_t>(position) >> shift));
  }
  return ToBase64Url(WithCheck(relying_party, std::move(octets)));
}

absl::StatusOr<int64_t> ReadPageToken(absl::string_view relying_party, absl::string_view token) {
  const auto malformed = [] {
    return WithField(MakeError(Reason::kRequestMalformed, "page token is not ours"), "page_token");
  };
  if (token.size() > 64) return malformed();
  const std::optional<Bytes> octets = FromBase64Url(token);
  if (!octets.has_value() || octets->size() != kPositionBytes + kCheckBytes) return malformed();
  uint64_t position = 0;
  for (size_t i = 0; i < kPositionBytes; ++i) position = position << 8 | (*octets)[i];
  Bytes head(octets->begin(), octets->begin() + kPositionBytes);
  if (WithCheck(relying_party, std::move(head)) != *octets) return malformed();
  return static_cast<int64_t>(position);
}

}  // namespace enkrat::store

// The one way in which the signer turns a list of values into octets for hashing: a domain name,
// then each value behind its length, so that no two lists share their octets.
#ifndef ENKRAT_SIGNER_CANONICAL_OCTETS_H_
#define ENKRAT_SIGNER_CANONICAL_OCTETS_H_

#include "absl/strings/string_view.h"
#include "common/bytes.h"

namespace enkrat::signer {

// domain || 0x00 || item...; item(x) = length of x in octets as 4 octets, big-endian || x.
class CanonicalOctets {
 public:
  explicit CanonicalOctets(absl::string_view domain) {
    Append(octets_, AsSpan(domain));
    octets_.push_back(0);
  }

  void Item(ByteSpan value) {
    const auto size = static_cast<uint32_t>(value.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
      octets_.push_back(static_cast<uint8_t>(size >> shift));
    }
    Append(octets_, value);
  }
  void Item(absl::string_view value) { Item(AsSpan(value)); }

  const Bytes& octets() const { return octets_; }

 private:
  Bytes octets_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CANONICAL_OCTETS_H_

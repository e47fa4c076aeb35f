// Serial numbers are positive and at most 20 octets long.
#include <algorithm>

#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const ASN1_INTEGER* serial = input.tbs.serial_number();
  if ((ASN1_STRING_type(serial) & V_ASN1_NEG) != 0) return "is negative";
  const ByteSpan magnitude = ReadOctets(serial);
  if (std::all_of(magnitude.begin(), magnitude.end(), [](uint8_t octet) { return octet == 0; })) {
    return "is zero";
  }
  // A leading octet with its top bit set is encoded with a zero octet in front.
  const size_t encoded = magnitude.size() + ((magnitude.front() & 0x80) != 0 ? 1 : 0);
  if (encoded > 20) return "is longer than 20 octets";
  return std::nullopt;
}

}  // namespace

const Lint kSerialNumberSize = {
    .name = "serial_number_size", .clause = "RFC 5280 4.1.2.2", .check = Check};

}  // namespace enkrat::ca::lints

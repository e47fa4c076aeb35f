// Serial numbers have room for the 64 random bits that they must hold.
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (ASN1_STRING_length(input.tbs.serial_number()) < 8) return "is shorter than 64 bits";
  return std::nullopt;
}

}  // namespace

const Lint kSerialNumberEntropy = {
    .name = "serial_number_entropy", .clause = "CA/Browser Forum BR 7.1", .check = Check};

}  // namespace enkrat::ca::lints

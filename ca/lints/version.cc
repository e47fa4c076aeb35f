// A certificate with extensions is of version 3.
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (ASN1_INTEGER_get(input.tbs.version()) != 2) return "is not version 3";
  return std::nullopt;
}

}  // namespace

const Lint kVersion = {.name = "version", .clause = "RFC 5280 4.1.2.1", .check = Check};

}  // namespace enkrat::ca::lints

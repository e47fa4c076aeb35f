// A signer is not a CA; the extension that could say so is left out.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.Find(oid::kBasicConstraints) != nullptr) return "is present";
  return std::nullopt;
}

}  // namespace

const Lint kBasicConstraints = {
    .name = "basic_constraints", .clause = "RFC 5280 4.2.1.9", .check = Check};

}  // namespace enkrat::ca::lints

// A certificate of the European Union does not name the legislation of a country.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.FindQcStatement(oid::kQcCcLegislation) != nullptr) return "is present";
  return std::nullopt;
}

}  // namespace

const Lint kQcLegislation = {
    .name = "qc_legislation", .clause = "EN 319 412-5 4.2.4, QCS-5-01", .check = Check};

}  // namespace enkrat::ca::lints

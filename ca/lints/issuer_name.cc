// The issuer is the CA's subject, octet by octet: names that only mean the same break path
// building.
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.issuer_der() != input.issuer.subject_der) return "is not the subject of the CA";
  return std::nullopt;
}

}  // namespace

const Lint kIssuerName = {.name = "issuer_name", .clause = "RFC 5280 4.1.2.4", .check = Check};

}  // namespace enkrat::ca::lints

// The certificate names the algorithm with which the CA signs.
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.signature_algorithm_der() != input.issuer.signature_algorithm_der) {
    return "is not the algorithm of the CA";
  }
  return std::nullopt;
}

}  // namespace

const Lint kSignatureAlgorithm = {
    .name = "signature_algorithm", .clause = "RFC 5280 4.1.2.3", .check = Check};

}  // namespace enkrat::ca::lints

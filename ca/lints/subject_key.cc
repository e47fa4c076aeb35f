// The certified key is the one that was asked for, and not the CA's own.
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.spki_der() != input.subject_spki_der) return "is not the key that was asked for";
  if (input.tbs.spki_der() == input.issuer.spki_der) return "is the CA's own key";
  return std::nullopt;
}

}  // namespace

const Lint kSubjectKey = {
    .name = "subject_key", .clause = "EN 319 411-1 GEN-6.3.2-00A", .check = Check};

}  // namespace enkrat::ca::lints

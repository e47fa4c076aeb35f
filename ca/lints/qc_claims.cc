// Legal claims are made exactly where the profile makes them.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const auto claims = [&](ByteSpan statement) {
    return input.tbs.FindQcStatement(statement) != nullptr;
  };
  const ProfileSpec& spec = input.profile.spec();
  if (claims(oid::kQcCompliance) != spec.qualified) return "QcCompliance differs from the profile";
  if (claims(oid::kQcSscd) != spec.on_qscd) return "QcSSCD differs from the profile";
  if (claims(oid::kQcSscd) && !claims(oid::kQcCompliance)) return "QcSSCD without QcCompliance";
  return std::nullopt;
}

}  // namespace

const Lint kQcClaims = {.name = "qc_claims", .clause = "EN 319 412-5 4.2.1, 4.2.2", .check = Check};

}  // namespace enkrat::ca::lints

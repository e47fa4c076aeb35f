// The certificate begins now or up to a minute ago: it cannot vouch for anything older.
#include "absl/time/time.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "common/asn1_time.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const std::optional<absl::Time> not_before = TimeFromAsn1(input.tbs.not_before());
  if (!not_before.has_value()) return "notBefore cannot be read";
  if (*not_before > input.now) return "notBefore lies in the future";
  // One second for rounding down.
  if (input.now - *not_before > absl::Seconds(61)) return "notBefore lies over a minute back";
  return std::nullopt;
}

}  // namespace

const Lint kNotBeforeSkew = {
    .name = "not_before_skew", .clause = "docs/conformity.md", .check = Check};

}  // namespace enkrat::ca::lints

// A short-term certificate is valid for less than a day, and for some time at all.
#include "absl/time/time.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"
#include "common/asn1_time.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const std::optional<absl::Time> not_before = TimeFromAsn1(input.tbs.not_before());
  const std::optional<absl::Time> not_after = TimeFromAsn1(input.tbs.not_after());
  if (!not_before.has_value() || !not_after.has_value()) return "times cannot be read";
  if (*not_after <= *not_before) return "ends before it begins";
  // The last second counts (RFC 5280 4.1.2.5).
  if (*not_after - *not_before + absl::Seconds(1) > absl::Hours(24)) return "is over 24 hours";
  if (*not_after <= input.now) return "is over already";
  return std::nullopt;
}

}  // namespace

const Lint kValidityPeriod = {
    .name = "validity_period", .clause = "EN 319 412-1 5.2.2", .check = Check};

}  // namespace enkrat::ca::lints

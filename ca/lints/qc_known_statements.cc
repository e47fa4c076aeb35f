// Only the statements that a profile can make: not even one that nobody here understands may claim
// something for the operator.
#include <algorithm>
#include <array>

#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  static constexpr std::array kKnown = {
      ByteSpan(oid::kQcCompliance),   ByteSpan(oid::kQcRetentionPeriod),
      ByteSpan(oid::kQcSscd),         ByteSpan(oid::kQcPds),
      ByteSpan(oid::kQcType),         ByteSpan(oid::kQcCcLegislation),
      ByteSpan(oid::kPkixQcSyntaxV2),
  };
  if (!input.tbs.qc_statements().has_value()) return std::nullopt;  // qc_statements says so
  for (const SequenceMembers& statement : *input.tbs.qc_statements()) {
    const ByteSpan identifier = statement.front().octets;
    if (std::find(kKnown.begin(), kKnown.end(), identifier) == kKnown.end()) {
      return "holds a statement that no profile makes";
    }
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcKnownStatements = {
    .name = "qc_known_statements", .clause = "EN 319 412-5 4.1", .check = Check};

}  // namespace enkrat::ca::lints

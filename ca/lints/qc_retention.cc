// The retention period is the profile's, in years.
#include <openssl/asn1.h>

#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const int expected = input.profile.spec().retention_years;
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kQcRetentionPeriod);
  if (statement == nullptr) {
    if (expected != 0) return "is missing";
    return std::nullopt;
  }
  if (statement->size() != 2 || (*statement)[1].type != V_ASN1_INTEGER) return "is not an INTEGER";
  const Bytes& years = (*statement)[1].octets;  // V_ASN1_NEG_INTEGER is another type
  if (years.size() != 1 || years.front() != expected) return "is not the profile's";
  return std::nullopt;
}

}  // namespace

const Lint kQcRetention = {.name = "qc_retention", .clause = "EN 319 412-5 4.3.3", .check = Check};

}  // namespace enkrat::ca::lints

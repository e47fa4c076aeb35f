// Where there is noRevAvail, nothing points to a CRL or an OCSP responder.
#include <vector>

#include "ca/lints/registry.h"
#include "ca/lints/sequence.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

using Members = std::vector<SequenceMember>;

LintFinding Check(const LintInput& input) {
  if (input.tbs.Find(oid::kCrlDistributionPoints) != nullptr) return "cRLDistributionPoints";
  if (input.tbs.Find(oid::kFreshestCrl) != nullptr) return "freshestCRL";
  const ParsedExtension* access = input.tbs.Find(oid::kAuthorityInfoAccess);
  if (access == nullptr) return std::nullopt;
  for (const SequenceMember& each : ReadSequence(access->value).value_or(Members{})) {
    const Members description = ReadSequence(each.octets).value_or(Members{});
    if (!description.empty() && description.front().octets == ByteSpan(oid::kOcsp)) {
      return "authorityInfoAccess names an OCSP responder";
    }
  }
  return std::nullopt;
}

}  // namespace

const Lint kRevocationPointers = {
    .name = "revocation_pointers", .clause = "RFC 9608 3", .check = Check};

}  // namespace enkrat::ca::lints

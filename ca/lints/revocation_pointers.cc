// Where there is noRevAvail, nothing points to a CRL or an OCSP responder.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  if (input.tbs.Find(oid::kCrlDistributionPoints) != nullptr) return "cRLDistributionPoints";
  if (input.tbs.Find(oid::kFreshestCrl) != nullptr) return "freshestCRL";
  const ParsedExtension* access = input.tbs.Find(oid::kAuthorityInfoAccess);
  if (access == nullptr) return std::nullopt;
  for (const SequenceMember& each : ReadSequence(access->value).value_or(SequenceMembers{})) {
    const SequenceMembers description = ReadSequence(each.octets).value_or(SequenceMembers{});
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

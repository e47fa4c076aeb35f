// A policy for qualified certificates goes with what the statements claim: natural or legal person
// by QcType, a QSCD by QcSSCD.
#include <openssl/asn1.h>

#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

bool IsQualifiedPolicy(ByteSpan policy) {
  const ByteSpan arc(oid::kQualifiedPolicyArc);
  return policy.size() > arc.size() && policy.first(arc.size()) == arc;
}

// The policy of the arc that goes with the statements; nullopt: none does.
std::optional<Bytes> PolicyOfTheClaims(const ParsedTbs& tbs) {
  if (tbs.FindQcStatement(oid::kQcCompliance) == nullptr) return std::nullopt;
  const SequenceMembers* type = tbs.FindQcStatement(oid::kQcType);
  if (type == nullptr || type->size() != 2) return std::nullopt;
  const SequenceMembers types = ReadSequence((*type)[1].octets).value_or(SequenceMembers{});
  if (types.size() != 1) return std::nullopt;
  const bool seal = types.front().octets == ByteSpan(oid::kQcTypeEseal);
  const bool qscd = tbs.FindQcStatement(oid::kQcSscd) != nullptr;
  Bytes policy = ToBytes(oid::kQualifiedPolicyArc);
  policy.push_back(static_cast<uint8_t>((seal ? 1 : 0) + (qscd ? 2 : 0)));
  return policy;
}

LintFinding Check(const LintInput& input) {
  const ParsedExtension* extension = input.tbs.Find(oid::kCertificatePolicies);
  if (extension == nullptr) return std::nullopt;  // certificate_policies says so
  const std::optional<Bytes> expected = PolicyOfTheClaims(input.tbs);
  for (const SequenceMember& each : ReadSequence(extension->value).value_or(SequenceMembers{})) {
    const SequenceMembers information = ReadSequence(each.octets).value_or(SequenceMembers{});
    if (information.empty() || !IsQualifiedPolicy(information.front().octets)) continue;
    if (information.front().octets != expected) return "does not go with the statements";
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcPolicy = {.name = "qc_policy", .clause = "EN 319 411-2 5.3", .check = Check};

}  // namespace enkrat::ca::lints

// The certificate says whose semantics its identifier has: serialNumber that of natural persons,
// organizationIdentifier that of legal ones.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kPkixQcSyntaxV2);
  if (statement == nullptr || statement->size() != 2) return "is missing";
  const auto information = ReadSequence((*statement)[1].octets);
  if (!information.has_value() || information->size() != 1) return "cannot be read";
  const bool seal = input.profile.spec().kind == ProfileKind::kSeal;
  const ByteSpan expected =
      seal ? ByteSpan(oid::kSemanticsLegal) : ByteSpan(oid::kSemanticsNatural);
  if (information->front().octets != expected) return "is not that of the profile's kind";
  return std::nullopt;
}

}  // namespace

const Lint kQcSemantics = {
    .name = "qc_semantics", .clause = "EN 319 412-1 5.1.3, 5.1.4", .check = Check};

}  // namespace enkrat::ca::lints

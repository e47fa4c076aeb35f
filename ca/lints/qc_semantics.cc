// The certificate says that its serialNumber has the semantics of natural persons.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kPkixQcSyntaxV2);
  if (statement == nullptr || statement->size() != 2) return "is missing";
  const auto information = ReadSequence((*statement)[1].octets);
  if (!information.has_value() || information->size() != 1 ||
      information->front().octets != ByteSpan(oid::kSemanticsNatural)) {
    return "is not the semantics of natural persons";
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcSemantics = {.name = "qc_semantics", .clause = "EN 319 412-1 5.1.3", .check = Check};

}  // namespace enkrat::ca::lints

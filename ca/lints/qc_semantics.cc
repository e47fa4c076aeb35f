// The certificate says that its serialNumber has the semantics of natural persons.
#include "ca/lints/registry.h"
#include "ca/lints/sequence.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const auto statements = QcStatementsOf(input.tbs, oid::kPkixQcSyntaxV2);
  if (statements.size() != 1 || statements.front().size() != 2) return "is missing";
  const auto information = ReadSequence(statements.front()[1].octets);
  if (!information.has_value() || information->size() != 1 ||
      information->front().octets != ByteSpan(oid::kSemanticsNatural)) {
    return "is not the semantics of natural persons";
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcSemantics = {.name = "qc_semantics", .clause = "EN 319 412-1 5.1.3", .check = Check};

}  // namespace enkrat::ca::lints

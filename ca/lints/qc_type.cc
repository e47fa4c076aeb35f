// A qualified certificate says that it is for electronic signatures: QcType with exactly that one
// OID.
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kQcType);
  if (statement == nullptr) {
    if (input.profile.spec().qualified) return "is missing";
    return std::nullopt;
  }
  if (!input.profile.spec().qualified) return "is in a certificate that is not qualified";
  if (statement->size() != 2) return "cannot be read";
  const auto types = ReadSequence((*statement)[1].octets);
  if (!types.has_value() || types->size() != 1) return "does not hold exactly one type";
  if (types->front().octets != ByteSpan(oid::kQcTypeEsign)) return "is not esign";
  return std::nullopt;
}

}  // namespace

const Lint kQcType = {.name = "qc_type", .clause = "EN 319 412-5 4.2.3", .check = Check};

}  // namespace enkrat::ca::lints

// A qualified certificate says whether it is for electronic signatures or seals: QcType with
// exactly that one OID.
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
  const bool seal = input.profile.spec().kind == ProfileKind::kSeal;
  const ByteSpan expected = seal ? ByteSpan(oid::kQcTypeEseal) : ByteSpan(oid::kQcTypeEsign);
  if (types->front().octets != expected) return "is not that of the profile's kind";
  return std::nullopt;
}

}  // namespace

const Lint kQcType = {.name = "qc_type", .clause = "EN 319 412-5 4.2.3", .check = Check};

}  // namespace enkrat::ca::lints

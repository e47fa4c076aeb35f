// A qualified certificate points to its PKI disclosure statement: https, in English at least.
#include <openssl/asn1.h>

#include <vector>

#include "ca/http_url.h"
#include "ca/lints/registry.h"
#include "ca/lints/sequence.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca::lints {
namespace {

using Members = std::vector<SequenceMember>;

LintFinding Check(const LintInput& input) {
  const auto statements = QcStatementsOf(input.tbs, oid::kQcPds);
  if (statements.empty()) {
    if (input.profile.spec().qualified) return "is missing";
    return std::nullopt;
  }
  if (statements.front().size() != 2) return "cannot be read";
  bool english = false;
  for (const SequenceMember& each :
       ReadSequence(statements.front()[1].octets).value_or(Members{})) {
    const Members location = ReadSequence(each.octets).value_or(Members{});
    if (location.size() != 2 || location[0].type != V_ASN1_IA5STRING ||
        location[1].type != V_ASN1_PRINTABLESTRING) {
      return "is not a list of URL and language";
    }
    if (!IsHttpsUrl(ToString(location[0].octets))) return "holds a URL that is not https";
    english = english || ToString(location[1].octets) == "en";
  }
  if (!english) return "holds no English statement";
  return std::nullopt;
}

}  // namespace

const Lint kQcPds = {.name = "qc_pds", .clause = "EN 319 412-5 4.3.4", .check = Check};

}  // namespace enkrat::ca::lints

// A qualified certificate points to its PKI disclosure statement: https, in English at least.
#include <openssl/asn1.h>

#include "ca/http_url.h"
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

LintFinding Check(const LintInput& input) {
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kQcPds);
  if (statement == nullptr) {
    if (input.profile.spec().qualified) return "is missing";
    return std::nullopt;
  }
  if (!input.profile.spec().qualified) return "is in a certificate that is not qualified";
  if (statement->size() != 2) return "cannot be read";
  bool english = false;
  for (const SequenceMember& each :
       ReadSequence((*statement)[1].octets).value_or(SequenceMembers{})) {
    const SequenceMembers location = ReadSequence(each.octets).value_or(SequenceMembers{});
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

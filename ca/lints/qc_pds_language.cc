// Each PKI disclosure statement names its language in two lower-case letters, and no two the same.
#include <openssl/asn1.h>

#include <set>

#include "absl/strings/ascii.h"
#include "ca/lints/registry.h"
#include "ca/object_identifiers.h"
#include "ca/sequence.h"

namespace enkrat::ca::lints {
namespace {

bool IsLowerCaseLetter(char c) { return absl::ascii_islower(static_cast<unsigned char>(c)); }

LintFinding Check(const LintInput& input) {
  const SequenceMembers* statement = input.tbs.FindQcStatement(oid::kQcPds);
  if (statement == nullptr || statement->size() != 2) return std::nullopt;  // qc_pds says so
  std::set<std::string> languages;
  for (const SequenceMember& each :
       ReadSequence((*statement)[1].octets).value_or(SequenceMembers{})) {
    const SequenceMembers location = ReadSequence(each.octets).value_or(SequenceMembers{});
    if (location.size() != 2) continue;  // qc_pds says so
    const std::string language = ToString(location[1].octets);
    if (language.size() != 2 || !IsLowerCaseLetter(language[0]) ||
        !IsLowerCaseLetter(language[1])) {
      return "is not two lower-case letters";
    }
    if (!languages.insert(language).second) return "occurs twice";
  }
  return std::nullopt;
}

}  // namespace

const Lint kQcPdsLanguage = {
    .name = "qc_pds_language", .clause = "EN 319 412-5 QCS-4.3.4-01 to -03", .check = Check};

}  // namespace enkrat::ca::lints

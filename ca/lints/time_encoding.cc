// UTCTime through 2049, GeneralizedTime from 2050; both with seconds, in UTC, without fractions.
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "ca/lints/encoded_value.h"
#include "ca/lints/registry.h"

namespace enkrat::ca::lints {
namespace {

LintFinding CheckOne(const ASN1_TIME* time) {
  const bool utc_time = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
  absl::string_view text = ReadText(time);
  if (text.size() != (utc_time ? 13 : 15) || text.back() != 'Z') {
    return "is not in whole seconds of UTC";
  }
  text.remove_suffix(1);
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return "holds other than digits";
  }
  if (!utc_time && text.substr(0, 4) < "2050") return "GeneralizedTime before 2050";
  return std::nullopt;
}

LintFinding Check(const LintInput& input) {
  for (const ASN1_TIME* time : {input.tbs.not_before(), input.tbs.not_after()}) {
    if (LintFinding finding = CheckOne(time); finding.has_value()) return finding;
  }
  return std::nullopt;
}

}  // namespace

const Lint kTimeEncoding = {.name = "time_encoding", .clause = "RFC 5280 4.1.2.5", .check = Check};

}  // namespace enkrat::ca::lints

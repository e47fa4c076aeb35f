#include "tools/demo_idp/form.h"

#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/bytes.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::demo_idp {
namespace {

absl::StatusOr<std::string> Decode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const auto octet = i + 2 < text.size() ? FromHex(text.substr(i + 1, 2)) : std::nullopt;
    if (!octet.has_value()) {
      return MakeError(Reason::kRequestMalformed, "a percent sign needs two hexadecimal digits");
    }
    decoded.push_back(static_cast<char>(octet->front()));
    i += 2;
  }
  return decoded;
}

}  // namespace

absl::StatusOr<Form> ParseForm(absl::string_view body) {
  Form form;
  for (const absl::string_view pair : absl::StrSplit(body, '&', absl::SkipEmpty())) {
    const std::vector<absl::string_view> halves = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    ENKRAT_ASSIGN_OR_RETURN(std::string name, Decode(halves[0]));
    ENKRAT_ASSIGN_OR_RETURN(std::string value, Decode(halves.size() == 2 ? halves[1] : ""));
    if (name.empty()) return MakeError(Reason::kRequestMalformed, "a field has no name");
    if (!form.emplace(std::move(name), std::move(value)).second) {
      return MakeError(Reason::kRequestMalformed, "a field comes twice");
    }
  }
  return form;
}

}  // namespace enkrat::demo_idp

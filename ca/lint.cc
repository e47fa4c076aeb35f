#include "ca/lint.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/openssl_ptr.h"
#include "common/reason.h"

namespace enkrat::ca {

absl::Status RunLints(const LintInput& input) {
  std::vector<std::string> findings;
  for (const Lint* lint : AllLints()) {
    if (const LintFinding finding = lint->check(input); finding.has_value()) {
      findings.push_back(absl::StrCat(lint->name, ": ", *finding, " (", lint->clause, ")"));
    }
  }
  if (findings.empty()) return absl::OkStatus();
  DrainOpenSslErrors();
  return MakeError(Reason::kLintFailed, absl::StrJoin(findings, "; "));
}

}  // namespace enkrat::ca

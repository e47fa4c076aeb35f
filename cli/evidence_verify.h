// enkrat evidence verify: does the evidence hold?
#ifndef ENKRAT_CLI_EVIDENCE_VERIFY_H_
#define ENKRAT_CLI_EVIDENCE_VERIFY_H_

namespace CLI {
class App;
}

namespace enkrat::cli {

struct Context;

// Adds the command to `group`, `enkrat evidence`.
void AddEvidenceVerifyCommand(CLI::App& group, Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_EVIDENCE_VERIFY_H_

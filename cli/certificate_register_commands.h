// The subcommands of `enkrat certificates` that work on the certificate register of an
// installation.
#ifndef ENKRAT_CLI_CERTIFICATE_REGISTER_COMMANDS_H_
#define ENKRAT_CLI_CERTIFICATE_REGISTER_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "cli/context.h"
#include "cli/installation.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

// show, renew, reissue, revoke, issue, crl.
void AddRegisterCommands(CLI::App& group, Context& context);

// `certificates list --config FILE`.
absl::Status ListRegister(const std::string& config_file, const Context& context);

// The chain of a certificate of the register, itself first; by what Installation::Find takes.
absl::StatusOr<std::vector<Bytes>> RegisteredChain(const std::string& config_file,
                                                   const std::string& name);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_REGISTER_COMMANDS_H_

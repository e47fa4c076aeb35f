// enkrat certificates renew, reissue, issue, revoke.
#ifndef ENKRAT_CLI_CERTIFICATE_LIFE_COMMANDS_H_
#define ENKRAT_CLI_CERTIFICATE_LIFE_COMMANDS_H_

namespace CLI {
class App;
}

namespace enkrat::cli {

struct Context;

// `context` must outlive the run of its command.
void AddLifeCommands(CLI::App& group, Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_LIFE_COMMANDS_H_

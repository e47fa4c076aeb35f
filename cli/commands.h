// The commands of `enkrat`, one function each: it declares the subcommand with its options and
// example, and sets Context::command when the subcommand was chosen. Each lives in its own file,
// <name>_command.cc.
#ifndef ENKRAT_CLI_COMMANDS_H_
#define ENKRAT_CLI_COMMANDS_H_

namespace CLI {
class App;
}

namespace enkrat::cli {

struct Context;

// `context` must outlive the run of its command.
void AddBindingCommand(CLI::App& app, Context& context);
void AddLoginCommand(CLI::App& app, Context& context);
void AddAugmentCommand(CLI::App& app, Context& context);
void AddSignCommand(CLI::App& app, Context& context);
void AddPinCommand(CLI::App& app, Context& context);
void AddSessionCommand(CLI::App& app, Context& context);
void AddVerifyCommand(CLI::App& app, Context& context);
void AddTimestampCommand(CLI::App& app, Context& context);
void AddCertificatesCommand(CLI::App& app, Context& context);
void AddEvidenceCommand(CLI::App& app, Context& context);
void AddRetentionCommand(CLI::App& app, Context& context);
void AddSubjectCommand(CLI::App& app, Context& context);
void AddBenchCommand(CLI::App& app, Context& context);
void AddInitCommand(CLI::App& app, Context& context);
void AddRpCommand(CLI::App& app, Context& context);
void AddDoctorCommand(CLI::App& app, Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_COMMANDS_H_

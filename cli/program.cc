#include "cli/program.h"

#include <exception>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/error_text.h"
#include "cli/options.h"
#include "cli/outcome.h"

namespace enkrat::cli {
namespace {

void AddCommands(CLI::App& app, Context& context) {
  AddBindingCommand(app, context);
  AddLoginCommand(app, context);
  AddSignCommand(app, context);
  AddPinCommand(app, context);
  AddSessionCommand(app, context);
  AddVerifyCommand(app, context);
  AddAugmentCommand(app, context);
  AddTimestampCommand(app, context);
  AddCertificatesCommand(app, context);
  AddEvidenceCommand(app, context);
  AddRetentionCommand(app, context);
  AddSubjectCommand(app, context);
  AddBenchCommand(app, context);
  AddInitCommand(app, context);
  AddRpCommand(app, context);
  AddDoctorCommand(app, context);
}

absl::Status Run(Context& context) {
  context.connection.timeout = absl::Seconds(context.timeout_seconds);
  if (absl::Status status = CheckConnection(context.connection); !status.ok()) return status;
  return RunWithoutExceptions(context.command);
}

void Report(const absl::Status& status, const Context& context) {
  context.err << ErrorLine(status) << "\n";
  if (context.json) context.out << ErrorJson(status) << "\n";
}

}  // namespace

absl::Status RunWithoutExceptions(const std::function<absl::Status()>& command) {
  try {
    return command();
  } catch (const std::exception& error) {
    return UnavailableError(error.what());
  }
}

int RunProgram(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
               bool terminal) {
  Context context{.out = out, .err = err, .progress = terminal};
  CLI::App app("Sign documents with keys that exist once, and look after the service that does it.",
               "enkrat");
  app.set_version_flag("--version", ENKRAT_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  AddGlobalOptions(app, context);
  AddCommands(app, context);
  app.footer(
      "Each command explains itself: enkrat COMMAND --help\n"
      "Exit codes: 0 done, 1 failed or negative verdict, 2 service or environment not available, "
      "3 verdict neither yes nor no, 64 wrong use");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, out, err);  // --help, --version
    Report(UsageError(absl::StrCat(error.what(), "; see --help")), context);
    return kExitUsage;
  }
  const absl::Status status = Run(context);
  if (!status.ok() && !IsVerdict(status)) Report(status, context);
  out.flush();
  return out.good() ? ExitCodeFor(status) : kExitUnavailable;
}

}  // namespace enkrat::cli

// enkrat: reads the command line, runs the command that it names, and turns the outcome into an
// exit code.
#include <unistd.h>

#include <iostream>

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
  AddVerifyCommand(app, context);
  AddTimestampCommand(app, context);
  AddCertificatesCommand(app, context);
  AddEvidenceCommand(app, context);
  AddBenchCommand(app, context);
}

absl::Status Run(Context& context) {
  context.connection.timeout = absl::Seconds(context.timeout_seconds);
  if (absl::Status status = CheckConnection(context.connection); !status.ok()) return status;
  return context.command();
}

int Main(int argc, char** argv) {
  Context context{.out = std::cout, .err = std::cerr, .progress = isatty(STDERR_FILENO) == 1};
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
      "64 wrong use");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    const absl::Status status = UsageError(absl::StrCat(error.what(), "; see --help"));
    std::cerr << ErrorLine(status) << "\n";
    if (context.json) std::cout << ErrorJson(status) << "\n";
    return kExitUsage;
  }
  const absl::Status status = Run(context);
  if (!status.ok() && !IsNegativeVerdict(status)) {
    std::cerr << ErrorLine(status) << "\n";
    if (context.json) std::cout << ErrorJson(status) << "\n";
  }
  std::cout.flush();
  return std::cout.good() ? ExitCodeFor(status) : kExitUnavailable;
}

}  // namespace
}  // namespace enkrat::cli

int main(int argc, char** argv) { return enkrat::cli::Main(argc, argv); }

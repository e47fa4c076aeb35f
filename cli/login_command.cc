// enkrat login: an ID token from the demo's identity provider, into a file.
#include <memory>
#include <nlohmann/json.hpp>

#include "CLI/CLI.hpp"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/demo_login.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "common/bytes.h"
#include "common/status_macros.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  LoginArguments login;
  std::string output;
  bool force = false;
};

absl::Status Run(const Arguments& arguments, const Context& context) {
  if (!arguments.force && FileExists(arguments.output)) {
    return UsageError(arguments.output + " exists already; --force replaces it");
  }
  ENKRAT_ASSIGN_OR_RETURN(const std::string token,
                          Login(arguments.login, context.connection.timeout));
  ENKRAT_RETURN_IF_ERROR(WriteFile(arguments.output, AsSpan(absl::string_view(token)),
                                   {.mode = 0600, .overwrite = arguments.force}));
  if (context.json) {
    context.out << nlohmann::json{{"token_file", arguments.output}}.dump() << "\n";
  } else {
    context.out << "wrote " << arguments.output << "; it is good for one signature\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddLoginCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "login", "Get an ID token from the demo's identity provider (enkrat-demo-idp)");
  command->add_option("--idp", arguments->login.idp_url, "address of the demo's provider")
      ->required();
  command->add_option("--nonce", arguments->login.nonce, "the nonce that `enkrat binding` printed")
      ->required();
  AddPersonOptions(*command, arguments->login);
  command->add_option("-o,--output", arguments->output, "file for the token; mode 0600")
      ->required();
  command->add_flag("--force", arguments->force, "replace an existing file");
  command->footer(
      "Example:\n"
      "  enkrat login --idp http://127.0.0.1:8090 --nonce NONCE --given-name Ana --family-name "
      "Novak \\\n      --country SI -o token.jwt");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli

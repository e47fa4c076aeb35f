// enkrat binding: the value that ties a login to documents, before anybody logs in.
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "CLI/CLI.hpp"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/intent.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/wire.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/signature_activation_data.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  IntentArguments intent;
  std::string relying_party;
  bool remote = false;
};

// The service knows the relying party from the connection: both must come to the same value.
absl::StatusOr<std::string> AskService(const signer::SigningIntent& intent,
                                       const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::ComputeBindingRequest request;
  ToMessage(intent, request.mutable_intent());
  v1::ComputeBindingResponse response;
  ENKRAT_RETURN_IF_ERROR(client->ComputeBinding(request, &response));
  return response.nonce();
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  if (!arguments.remote && arguments.relying_party.empty()) {
    return UsageError("--relying-party is needed to compute the binding here; or use --remote");
  }
  ENKRAT_ASSIGN_OR_RETURN(const signer::SigningIntent intent,
                          BuildIntent(arguments.intent, context));
  std::string nonce;
  if (!arguments.relying_party.empty()) {
    nonce = ToBase64Url(signer::ComputeSignatureActivationData(arguments.relying_party, intent));
  }
  if (arguments.remote) {
    ENKRAT_ASSIGN_OR_RETURN(const std::string answer, AskService(intent, context));
    if (!nonce.empty() && nonce != answer) {
      return absl::FailedPreconditionError(
          "the service computed another binding: it knows this client as another relying party");
    }
    nonce = answer;
  }
  if (context.json) {
    context.out << nlohmann::json{{"request_id", intent.request_id}, {"nonce", nonce}}.dump()
                << "\n";
  } else {
    context.out << "request_id " << intent.request_id << "\nnonce      " << nonce << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddBindingCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "binding", "Compute the nonce to log a person in with, for signing these documents");
  AddIntentOptions(*command, arguments->intent);
  command->add_option("--relying-party", arguments->relying_party,
                      "id under which the service knows this application");
  command->add_flag("--remote", arguments->remote,
                    "ask the service too; with --relying-party both must agree");
  command->footer(
      "Example:\n"
      "  enkrat binding contract.pdf --relying-party demo --level advanced\n"
      "Log the person in with the nonce, then sign with the request_id:\n"
      "  enkrat sign contract.pdf --token token.jwt --request-id REQUEST_ID");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli

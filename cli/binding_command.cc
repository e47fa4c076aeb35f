// enkrat binding: the value that ties a login to documents, before anybody logs in.
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "CLI/CLI.hpp"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/container_arguments.h"
#include "cli/context.h"
#include "cli/intent.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/wire.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "idp_client/authorized_act_claim.h"
#include "signer/authorization.h"
#include "signer/signature_activation_data.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  IntentArguments intent;
  std::string relying_party;
  std::string container;  // "asic-e", "asic-s" or empty
  bool remote = false;
};

// What the person's identity provider can be asked with, in each of its forms.
struct Binding {
  std::string nonce;                  // OpenID Connect
  std::string authn_request_id;       // SAML
  std::string authorization_details;  // RFC 9396
};

Binding Compute(const std::string& relying_party, const signer::SigningIntent& intent) {
  const auto sad = signer::ComputeSignatureActivationData(relying_party, intent);
  return {.nonce = ToBase64Url(sad),
          .authn_request_id = signer::AuthnRequestId(sad),
          .authorization_details =
              idp_client::AuthorizationDetailsText(signer::AuthorizedActOf(relying_party, intent))};
}

// The service knows the relying party from the connection: both must come to the same value.
absl::StatusOr<Binding> AskService(const signer::SigningIntent& intent, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  v1::ComputeBindingRequest request;
  ToMessage(intent, request.mutable_intent());
  v1::ComputeBindingResponse response;
  ENKRAT_RETURN_IF_ERROR(client->ComputeBinding(request, &response));
  return Binding{.nonce = response.nonce(),
                 .authn_request_id = response.authn_request_id(),
                 .authorization_details = response.authorization_details()};
}

// A container is one document to the person and to the service, as in `enkrat sign --container`.
absl::StatusOr<signer::SigningIntent> Intent(const Arguments& arguments, const Context& context) {
  ENKRAT_RETURN_IF_ERROR(CheckContainer(arguments.container, arguments.intent.files));
  const auto type = ParseContainer(arguments.container);
  if (!type.has_value()) return BuildIntent(arguments.intent, context);
  IntentArguments whole = arguments.intent;
  whole.files = {ContainerName(arguments.container, arguments.intent.files)};
  return BuildIntent(whole, [&](size_t, DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
    ENKRAT_ASSIGN_OR_RETURN(const asic::ContainerDraft draft,
                            DraftContainer(*type, arguments.intent.files, algorithm));
    return ToBytes(draft.digest_to_sign());
  });
}

absl::Status Run(const Arguments& arguments, const Context& context) {
  if (!arguments.remote && arguments.relying_party.empty()) {
    return UsageError("--relying-party is needed to compute the binding here; or use --remote");
  }
  ENKRAT_ASSIGN_OR_RETURN(const signer::SigningIntent intent, Intent(arguments, context));
  Binding binding;
  if (!arguments.relying_party.empty()) binding = Compute(arguments.relying_party, intent);
  if (arguments.remote) {
    ENKRAT_ASSIGN_OR_RETURN(Binding answer, AskService(intent, context));
    if (!binding.nonce.empty() && binding.nonce != answer.nonce) {
      return absl::FailedPreconditionError(
          "the service computed another binding: it knows this client as another relying party");
    }
    binding = std::move(answer);
  }
  if (context.json) {
    context.out << nlohmann::json{{"request_id", intent.request_id},
                                  {"nonce", binding.nonce},
                                  {"authn_request_id", binding.authn_request_id},
                                  {"authorization_details", binding.authorization_details}}
                       .dump()
                << "\n";
  } else {
    context.out << "request_id            " << intent.request_id << "\nnonce                 "
                << binding.nonce << "\nauthn_request_id      " << binding.authn_request_id
                << "\nauthorization_details " << binding.authorization_details << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddBindingCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "binding", "Compute what to log a person in with, for signing these documents");
  AddIntentOptions(*command, arguments->intent);
  command->add_option("--relying-party", arguments->relying_party,
                      "id under which the service knows this application");
  command->add_option("--container", arguments->container,
                      "the files will be signed in one ASiC container: asic-e or asic-s");
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

// enkrat sign: one signing session, from files to signatures.
#include <memory>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/demo_login.h"
#include "cli/files.h"
#include "cli/intent.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/output_plan.h"
#include "cli/session_summary.h"
#include "cli/sign_outputs.h"
#include "cli/typed_secret.h"
#include "cli/wire.h"
#include "common/reason.h"
#include "common/status_macros.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/request_rules.h"
#include "signer/signature_activation_data.h"

namespace enkrat::cli {
namespace {

struct Arguments {
  IntentArguments intent;
  std::string relying_party;
  std::string token_file;
  std::string saml_file;
  bool no_assertion = false;
  LoginArguments login;
  std::string key = "p256";
  std::string format = "cades-bt";
  std::string pin_file;
  bool type_pin = false;
  OutputArguments outputs;
};

absl::StatusOr<SignChoice> CheckArguments(Arguments& arguments) {
  const auto key = ParseKeyAlgorithm(arguments.key);
  const auto format = ParseFormat(arguments.format);
  if (!key.has_value()) return UsageError("--key is p256, p384 or rsa3072");
  if (!format.has_value()) return UsageError("--format is raw, cades-bb or cades-bt");
  const int sources = !arguments.token_file.empty() + !arguments.saml_file.empty() +
                      !arguments.login.idp_url.empty() + arguments.no_assertion;
  if (sources != 1) return UsageError("give one of --token, --saml and --idp");
  if (arguments.no_assertion && arguments.intent.kind != "seal") {
    return UsageError("--no-assertion is for --kind seal");
  }
  if (!arguments.login.idp_url.empty() && arguments.relying_party.empty()) {
    return UsageError("--idp needs --relying-party, which the login is bound to");
  }
  const bool from_file = !arguments.token_file.empty() || !arguments.saml_file.empty();
  if (from_file && arguments.intent.request_id.empty()) {
    return UsageError(
        "--token and --saml need the --request-id that it was bound to: see `enkrat binding`");
  }
  // A raw signature is over the document's digest as it is: it has to be the key's own.
  if (arguments.intent.digest.empty() && *format == signer::SignatureFormat::kRaw &&
      *key == KeyAlgorithm::kEcdsaP384) {
    arguments.intent.digest = "sha384";
  }
  return SignChoice{.key = *key,
                    .format = *format,
                    .assertion_type = arguments.saml_file.empty()
                                          ? idp_client::AssertionType::kOidcIdToken
                                          : idp_client::AssertionType::kSamlResponse};
}

absl::StatusOr<std::string> Assertion(const Arguments& arguments,
                                      const signer::SigningIntent& intent, const Context& context) {
  if (arguments.no_assertion) return "";
  if (!arguments.saml_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes response,
                            ReadFile(arguments.saml_file, signer::kMaxSamlResponseSize));
    return ToString(response);
  }
  if (!arguments.token_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                            ReadFile(arguments.token_file, signer::kMaxAssertionSize));
    return std::string(absl::StripAsciiWhitespace(ToString(token)));
  }
  LoginArguments login = arguments.login;
  login.nonce =
      ToBase64Url(signer::ComputeSignatureActivationData(arguments.relying_party, intent));
  return Login(login, context.connection.timeout);
}

// The person's signing PIN, for these documents and no others. Read before the login, which ages.
absl::StatusOr<std::optional<Secret>> Pin(const Arguments& arguments, const Context& context) {
  if (arguments.pin_file.empty() && !arguments.type_pin) return std::nullopt;
  if (arguments.relying_party.empty()) {
    return UsageError("the signing PIN needs --relying-party, which it is bound to");
  }
  ENKRAT_ASSIGN_OR_RETURN(
      Secret pin,
      ReadPersonSecret({.name = "signing PIN", .file = arguments.pin_file, .option = "--pin-file"},
                       context.err));
  return std::make_optional(std::move(pin));
}

void AddPin(const Secret& pin, const Arguments& arguments, v1::SignRequest& request,
            const signer::SigningIntent& intent) {
  request.mutable_pin_proof()->set_pin(ToString(pin.Reveal()));
  request.mutable_pin_proof()->set_signature_activation_data(
      ToString(signer::ComputeSignatureActivationData(arguments.relying_party, intent)));
}

// What was asked for, and where it goes.
struct Order {
  const signer::SigningIntent& intent;
  signer::SignatureFormat format;
  const OutputPlan& plan;
  bool force;
};

absl::Status SendAndWrite(const v1::SignRequest& request, const Order& order, Client& client,
                          const Context& context) {
  v1::SignResponse response;
  ENKRAT_RETURN_IF_ERROR(client.Sign(request, &response));
  ENKRAT_RETURN_IF_ERROR(CheckAnswer(order.intent, order.format, response));
  const std::string session = SessionJson(order.intent, response);
  ENKRAT_RETURN_IF_ERROR(
      WithContext(WriteOutputs(order.plan, session, response, order.force),
                  "the documents are signed, but not all signatures could be written"));
  context.out << (context.json ? session + "\n" : SessionText(order.plan, response));
  return absl::OkStatus();
}

absl::Status Run(Arguments arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const SignChoice choice, CheckArguments(arguments));
  ENKRAT_ASSIGN_OR_RETURN(const OutputPlan plan, PlanOutputs(arguments.intent.files, choice.format,
                                                             arguments.outputs, FileExists));
  ENKRAT_RETURN_IF_ERROR(CheckPlaces(plan));
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  ENKRAT_ASSIGN_OR_RETURN(const signer::SigningIntent intent,
                          BuildIntent(arguments.intent, context));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Secret> pin, Pin(arguments, context));
  ENKRAT_ASSIGN_OR_RETURN(const std::string assertion, Assertion(arguments, intent, context));
  v1::SignRequest request;
  ToMessage(intent, assertion, choice, &request);
  if (pin.has_value()) AddPin(*pin, arguments, request, intent);
  const Order order{intent, choice.format, plan, arguments.outputs.force};
  return WithRequestId(SendAndWrite(request, order, *client, context), intent.request_id);
}

}  // namespace

void AddSignCommand(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("sign", "Sign documents with a key that is made and destroyed for it");
  AddIntentOptions(*command, arguments->intent);
  command->add_option("--token", arguments->token_file,
                      "file with the ID token; needs the --request-id it was bound to");
  command->add_option("--saml", arguments->saml_file,
                      "file with the SAML Response; needs the --request-id it was bound to");
  command->add_flag("--no-assertion", arguments->no_assertion,
                    "for a seal that policy lets this application make by itself");
  command->add_option("--idp", arguments->login.idp_url,
                      "demo's identity provider: log in and sign in one go");
  AddPersonOptions(*command, arguments->login);
  command->add_option("--relying-party", arguments->relying_party,
                      "id under which the service knows this application; needed with --idp");
  command->add_option("--key", arguments->key, "p256, p384 or rsa3072")->capture_default_str();
  command
      ->add_option("--format", arguments->format,
                   "cades-bt (FILE.p7s with timestamp), cades-bb (without), raw (FILE.sig and "
                   "FILE.tst)")
      ->capture_default_str();
  command->add_option("--pin-file", arguments->pin_file,
                      "file with the person's signing PIN, mode 0400 or 0600");
  command->add_flag("--pin", arguments->type_pin, "type the person's signing PIN");
  AddOutputOptions(*command, arguments->outputs, "beside each document");
  command->footer(
      "An error names the request_id: `enkrat session get REQUEST_ID` says what became of it.\n"
      "Examples:\n"
      "  enkrat sign contract.pdf --token token.jwt --request-id REQUEST_ID --chain-out chain.pem\n"
      "  enkrat --plaintext sign contract.pdf --idp http://127.0.0.1:8090 --relying-party demo \\\n"
      "      --given-name Ana --family-name Novak --country SI --session-out session.json");
  command->callback(
      [=, &context] { context.command = [=, &context] { return Run(*arguments, context); }; });
}

}  // namespace enkrat::cli

// enkrat sign: one signing session, from files to signatures.
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/container_arguments.h"
#include "cli/context.h"
#include "cli/demo_login.h"
#include "cli/files.h"
#include "cli/intent.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/output_plan.h"
#include "cli/pdf_arguments.h"
#include "cli/session_summary.h"
#include "cli/sign_outputs.h"
#include "cli/signing_target.h"
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
  std::string format = "cades-b-t";
  std::string pin_file;
  bool type_pin = false;
  PdfArguments pdf;
  std::string container;  // "asic-e", "asic-s" or empty
  OutputArguments outputs;
};

// What goes together and what does not, for documents that are signed in place or in a container.
absl::Status CheckTarget(const Arguments& arguments, signer::SignatureFormat format) {
  const bool pades = signer::IsPades(format);
  if (!pades && arguments.pdf.given()) {
    return UsageError("--field, --visible, --upload and the like go with --format pades-...");
  }
  ENKRAT_RETURN_IF_ERROR(CheckContainer(arguments.container, arguments.intent.files));
  if (arguments.pdf.upload && arguments.intent.files.size() != 1) {
    return UsageError("--upload sends one PDF");
  }
  const bool logged_in = !arguments.token_file.empty() || !arguments.saml_file.empty();
  if (pades && !arguments.pdf.upload && logged_in) {
    return UsageError(
        "with --token and --saml a PDF needs --upload: prepared here, it would hold a signing time "
        "that the assertion cannot have known");
  }
  return absl::OkStatus();
}

std::string ContainerFile(const Arguments& arguments) {
  if (arguments.container.empty()) return "";
  const std::filesystem::path first = arguments.intent.files.front();
  std::filesystem::path folder = arguments.outputs.folder;
  if (folder.empty()) folder = first.parent_path();
  return (folder / ContainerName(arguments.container, arguments.intent.files)).string();
}

absl::StatusOr<SignChoice> CheckArguments(Arguments& arguments) {
  const auto key = ParseKeyAlgorithm(arguments.key);
  const auto format = ParseFormat(arguments.format);
  if (!key.has_value()) return UsageError("--key is p256, p384 or rsa3072");
  if (!format.has_value()) {
    return UsageError("--format is raw, or cades- or pades- with b-b, b-t, b-lt or b-lta");
  }
  ENKRAT_RETURN_IF_ERROR(CheckTarget(arguments, *format));
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
  SigningTarget& target;
  bool force;
};

absl::StatusOr<std::unique_ptr<SigningTarget>> MakeTarget(const Arguments& arguments,
                                                          const SignChoice& choice,
                                                          const OutputPlan& plan, Client& client,
                                                          const Context& context) {
  TargetOptions options = {
      .files = arguments.intent.files,
      .format = choice.format,
      .plan = plan,
      .enveloping = arguments.outputs.enveloping,
      .force = arguments.outputs.force,
      .container = ParseContainer(arguments.container).value_or(asic::ContainerType::kExtended)};
  const auto digest =
      ParseDigest(arguments.intent.digest.empty() ? "sha256" : arguments.intent.digest);
  if (!digest.has_value()) return UsageError("--digest is sha256, sha384 or sha512");
  options.digest = *digest;
  if (!plan.container_file.empty()) return MakeContainerTarget(std::move(options));
  if (!signer::IsPades(choice.format)) return MakeFileTarget(std::move(options), context);
  ENKRAT_ASSIGN_OR_RETURN(options.pdf, PdfOptionsOf(arguments.pdf));
  if (arguments.pdf.upload) return MakeUploadTarget(std::move(options), context);
  if (options.pdf.signer_name.empty() && !arguments.login.idp_url.empty()) {
    options.pdf.signer_name =
        absl::StrCat(arguments.login.given_name, " ", arguments.login.family_name);
  }
  return MakePdfTarget(std::move(options), client);
}

absl::Status SendAndWrite(const v1::SignRequest& request, const Order& order, Client& client,
                          const Context& context) {
  v1::SignResponse response;
  ENKRAT_RETURN_IF_ERROR(order.target.Send(client, request, &response));
  ENKRAT_RETURN_IF_ERROR(CheckAnswer(order.intent, order.format, response));
  const std::string session = SessionJson(order.intent, response);
  constexpr char kNotWritten[] =
      "the documents are signed, but not all signatures could be written";
  ENKRAT_RETURN_IF_ERROR(WithContext(order.target.Write(client, response), kNotWritten));
  ENKRAT_RETURN_IF_ERROR(
      WithContext(WriteSession(order.plan, session, response, order.force), kNotWritten));
  context.out << (context.json ? session + "\n" : SessionText(order.plan, response));
  return absl::OkStatus();
}

absl::Status Run(Arguments arguments, const Context& context) {
  ENKRAT_ASSIGN_OR_RETURN(const SignChoice choice, CheckArguments(arguments));
  arguments.outputs.container_file = ContainerFile(arguments);
  ENKRAT_ASSIGN_OR_RETURN(const OutputPlan plan, PlanOutputs(arguments.intent.files, choice.format,
                                                             arguments.outputs, FileExists));
  ENKRAT_RETURN_IF_ERROR(CheckPlaces(plan));
  ENKRAT_ASSIGN_OR_RETURN(const auto client, Client::Create(context.connection));
  ENKRAT_ASSIGN_OR_RETURN(const std::unique_ptr<SigningTarget> target,
                          MakeTarget(arguments, choice, plan, *client, context));
  // A container is one document to the person and to the service.
  if (!plan.container_file.empty()) arguments.intent.files = {plan.container_file};
  ENKRAT_ASSIGN_OR_RETURN(const signer::SigningIntent intent,
                          BuildIntent(arguments.intent, [&](size_t i, DigestAlgorithm algorithm) {
                            return target->DigestOf(i, algorithm);
                          }));
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<Secret> pin, Pin(arguments, context));
  ENKRAT_ASSIGN_OR_RETURN(const std::string assertion, Assertion(arguments, intent, context));
  v1::SignRequest request;
  ToMessage(intent, assertion, choice, &request);
  if (pin.has_value()) AddPin(*pin, arguments, request, intent);
  const Order order{intent, choice.format, plan, *target, arguments.outputs.force};
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
      ->add_option(
          "--format", arguments->format,
          "cades-b-b, cades-b-t, cades-b-lt, cades-b-lta (FILE.p7s); pades-b-b, pades-b-t, "
          "pades-b-lt, pades-b-lta (NAME-signed.pdf); raw (FILE.sig and FILE.tst)")
      ->capture_default_str();
  command->add_flag("--enveloping", arguments->outputs.enveloping,
                    "the documents go into the signatures: FILE.p7m");
  command->add_option(
      "--container", arguments->container,
      "all files in one ASiC container: asic-e (FILE.asice), or asic-s for one file");
  AddPdfOptions(*command, arguments->pdf);
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

#include "cli/pin_arguments.h"

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "cli/files.h"
#include "cli/intent.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "common/bytes.h"
#include "common/status_macros.h"
#include "enkrat/v1/activation_service.pb.h"
#include "signer/request_rules.h"

namespace enkrat::cli {

using signer::ActivationOperation;

CLI::App* AddPinAct(CLI::App& group, const std::string& name, const std::string& what,
                    PinArguments& arguments) {
  CLI::App* command = group.add_subcommand(name, what);
  command->add_option("--token", arguments.token_file,
                      "file with the ID token; needs the --request-id it was bound to");
  command->add_option("--saml", arguments.saml_file,
                      "file with the SAML Response; needs the --request-id it was bound to");
  command->add_option("--request-id", arguments.request_id, "UUID of this act; default: a new one");
  command->add_option("--idp", arguments.login.idp_url, "demo's identity provider: log in at once");
  AddPersonOptions(*command, arguments.login);
  command->add_option("--relying-party", arguments.relying_party,
                      "id under which the service knows this application; needed with --idp");
  command->footer(
      "Secrets are read from files of mode 0400 or 0600, or typed without an echo.\n"
      "Example:\n"
      "  enkrat --plaintext pin " +
      name + " --idp http://127.0.0.1:8090 --relying-party demo \\\n" +
      "      --given-name Ana --family-name Novak --country SI");
  return command;
}

std::optional<ActivationOperation> ParsePinOperation(const std::string& word) {
  if (word == "enrol") return ActivationOperation::kEnrol;
  if (word == "activate") return ActivationOperation::kActivate;
  if (word == "change") return ActivationOperation::kChange;
  if (word == "unblock") return ActivationOperation::kUnblock;
  if (word == "status") return ActivationOperation::kGetStatus;
  if (word == "revoke") return ActivationOperation::kRevoke;
  return std::nullopt;
}

absl::Status CheckPinArguments(PinArguments& arguments) {
  const bool from_file = !arguments.token_file.empty() || !arguments.saml_file.empty();
  if ((!arguments.token_file.empty() && !arguments.saml_file.empty()) ||
      from_file == !arguments.login.idp_url.empty()) {
    return UsageError("give one of --token, --saml and --idp");
  }
  if (!arguments.login.idp_url.empty() && arguments.relying_party.empty()) {
    return UsageError("--idp needs --relying-party, which the login is bound to");
  }
  if (from_file && arguments.request_id.empty()) {
    return UsageError(
        "an assertion needs the --request-id it was bound to: see `enkrat pin binding`");
  }
  if (arguments.request_id.empty()) arguments.request_id = NewRequestId();
  arguments.request_id = absl::AsciiStrToLower(arguments.request_id);
  if (signer::CheckRequestId(arguments.request_id).ok()) return absl::OkStatus();
  return UsageError("--request-id is a UUID");
}

absl::Status LogInForPin(const PinArguments& arguments, ActivationOperation operation,
                         const Context& context, v1::PersonAuthentication* person) {
  person->set_request_id(arguments.request_id);
  if (!arguments.saml_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes response,
                            ReadFile(arguments.saml_file, signer::kMaxSamlResponseSize));
    person->set_assertion(ToString(response));
    person->set_assertion_type(v1::ASSERTION_TYPE_SAML_RESPONSE);
    return absl::OkStatus();
  }
  if (!arguments.token_file.empty()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes token,
                            ReadFile(arguments.token_file, signer::kMaxAssertionSize));
    person->set_assertion(std::string(absl::StripAsciiWhitespace(ToString(token))));
    return absl::OkStatus();
  }
  LoginArguments login = arguments.login;
  login.nonce = ToBase64Url(
      signer::ComputeActivationBinding(arguments.relying_party, operation, arguments.request_id));
  ENKRAT_ASSIGN_OR_RETURN(*person->mutable_assertion(), Login(login, context.connection.timeout));
  return absl::OkStatus();
}

}  // namespace enkrat::cli

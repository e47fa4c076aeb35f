// What every `enkrat pin` command is given: who acts, for whom, and where the secrets are.
#ifndef ENKRAT_CLI_PIN_ARGUMENTS_H_
#define ENKRAT_CLI_PIN_ARGUMENTS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "cli/context.h"
#include "cli/demo_login.h"
#include "signer/activation_binding.h"

namespace CLI {
class App;
}
namespace enkrat::v1 {
class PersonAuthentication;
}

namespace enkrat::cli {

struct PinArguments {
  std::string relying_party;
  std::string request_id;  // empty: a new one
  std::string token_file;
  std::string saml_file;
  LoginArguments login;
  std::string old_secret_file;  // transport PIN, PIN or PUK; empty: typed, as the next
  std::string new_pin_file;
  std::string output;  // of enrol
};

// A subcommand with the options that say who acts; its help shows an example.
CLI::App* AddPinAct(CLI::App& group, const std::string& name, const std::string& what,
                    PinArguments& arguments);

// "enrol", "activate", "change", "unblock", "status", "revoke".
std::optional<signer::ActivationOperation> ParsePinOperation(const std::string& word);

// Completes the request_id. A usage error for words that contradict each other.
absl::Status CheckPinArguments(PinArguments& arguments);

// Fills in the assertion: from its file, or by a login at the demo's provider.
absl::Status LogInForPin(const PinArguments& arguments, signer::ActivationOperation operation,
                         const Context& context, v1::PersonAuthentication* person);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PIN_ARGUMENTS_H_

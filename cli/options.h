// Groups of options that several commands share.
#ifndef ENKRAT_CLI_OPTIONS_H_
#define ENKRAT_CLI_OPTIONS_H_

#include <string>

#include "cli/context.h"
#include "cli/demo_login.h"
#include "cli/intent.h"
#include "cli/output_plan.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

// --server, --plaintext, --tls-*, --timeout, --json.
void AddGlobalOptions(CLI::App& app, Context& context);
// FILE..., --request-id, --level, --kind, --digest, --label.
void AddIntentOptions(CLI::App& command, IntentArguments& arguments);
// --sub, --given-name, --family-name, --country, --acr, --aud.
void AddPersonOptions(CLI::App& command, LoginArguments& arguments);
// -o, --session-out, --chain-out, --certificate-out, --parts, --force. `beside`: where files go
// without -o.
void AddOutputOptions(CLI::App& command, OutputArguments& outputs, const std::string& beside);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_OPTIONS_H_

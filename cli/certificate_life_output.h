// What the commands that change long-lived certificates print and write.
#ifndef ENKRAT_CLI_CERTIFICATE_LIFE_OUTPUT_H_
#define ENKRAT_CLI_CERTIFICATE_LIFE_OUTPUT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/certificate_life_options.h"
#include "cli/context.h"
#include "cli/installation.h"
#include "signer/certificate_life.h"

namespace enkrat::cli {

// `done`: "renewed". With `dry_run` it says what would be. `configuration`: lines that are to be
// put into the configuration file.
void PrintSuccession(const char* done, const signer::Succession& made, bool dry_run,
                     const Context& context, const std::vector<std::string>& configuration = {});

// A run that was cut off was completed, and nothing else was begun: that may be just what was asked
// for.
void PrintCompletion(const std::vector<std::string>& files, const Context& context);

// Writes the new chain to --output, if there is one.
absl::Status WriteChain(const signer::Succession& made, const LifeArguments& arguments,
                        Installation& installation);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_LIFE_OUTPUT_H_

// enkrat certificates crl: the CRLs of an installation, and a new one of the root.
#ifndef ENKRAT_CLI_CERTIFICATE_CRL_COMMAND_H_
#define ENKRAT_CLI_CERTIFICATE_CRL_COMMAND_H_

#include "cli/context.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

void AddCrlCommand(CLI::App& group, Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_CRL_COMMAND_H_

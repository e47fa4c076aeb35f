// enkrat certificates add-unit: a timestamping unit besides the first.
#ifndef ENKRAT_CLI_CERTIFICATE_UNIT_COMMAND_H_
#define ENKRAT_CLI_CERTIFICATE_UNIT_COMMAND_H_

#include "cli/context.h"

namespace CLI {
class App;
}

namespace enkrat::cli {

void AddUnitCommand(CLI::App& group, Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CERTIFICATE_UNIT_COMMAND_H_

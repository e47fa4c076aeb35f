// Where a signing PIN stands, as the commands tell it.
#ifndef ENKRAT_CLI_PIN_STATUS_H_
#define ENKRAT_CLI_PIN_STATUS_H_

#include <nlohmann/json_fwd.hpp>

#include "cli/context.h"

namespace enkrat::v1 {
class SigningPinStatus;
}

namespace enkrat::cli {

nlohmann::ordered_json PinStatusJson(const v1::SigningPinStatus& status);
// With what to do next.
void TellPinStatus(const v1::SigningPinStatus& status, const Context& context);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PIN_STATUS_H_

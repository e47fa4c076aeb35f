// Tokens for the key ceremony: the ones that are there with their PINs, or new ones with PINs that
// nobody has seen.
#ifndef ENKRAT_CLI_TOKEN_PREPARATION_H_
#define ENKRAT_CLI_TOKEN_PREPARATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/secret.h"
#include "hsm/module.h"

namespace enkrat::cli {

struct TokenPlace {
  std::string label;
  std::string pin_file;     // the user's PIN
  std::string so_pin_file;  // the security officer's
};

// What was made, for the report: paths and labels, no PINs.
struct TokenPreparation {
  std::vector<std::string> pin_files;
  std::vector<std::string> tokens;
};

// The user PIN of the token. A token that is not there is initialised; PIN files that are not there
// are written first (mode 0400, 128 random bits), so that no PIN is ever lost.
// kConfigurationInvalid for a token that is there without its PIN file, or when no slot is free. No
// pool may be open on the module.
absl::StatusOr<Secret> PrepareToken(hsm::Module& module, const TokenPlace& place,
                                    TokenPreparation& done);

// Whether there is a token of that label. Errors other than its absence pass through.
absl::StatusOr<bool> HasToken(const hsm::Module& module, const std::string& label);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_TOKEN_PREPARATION_H_

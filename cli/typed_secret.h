// Secrets of a person: from a file that only its owner can read, or typed without an echo.
#ifndef ENKRAT_CLI_TYPED_SECRET_H_
#define ENKRAT_CLI_TYPED_SECRET_H_

#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "common/secret.h"

namespace enkrat::cli {

struct SecretQuestion {
  std::string name;         // "PIN", for the prompt
  std::string file = {};    // empty: it is typed
  std::string option = {};  // "--pin-file", for the error where nothing can be typed
  bool twice = false;       // a new one, typed again to be sure
};

// Reads the file (common/secret.h: mode 0400 or 0600), or asks on `prompt` and reads a line from
// the terminal on standard input: at most 64 octets. A usage error without a terminal, for an empty
// line, for two lines that differ, or when Ctrl-C is typed.
absl::StatusOr<Secret> ReadPersonSecret(const SecretQuestion& question, std::ostream& prompt);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_TYPED_SECRET_H_

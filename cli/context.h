// What every command works with: the global options, where to print, and the command that was
// chosen.
#ifndef ENKRAT_CLI_CONTEXT_H_
#define ENKRAT_CLI_CONTEXT_H_

#include <functional>
#include <ostream>

#include "absl/status/status.h"
#include "cli/connection.h"

namespace enkrat::cli {

// Lives in main. A command's Add function keeps a reference and sets `command` when it is the one
// that was asked for; main runs it when all arguments are parsed.
struct Context {
  std::ostream& out;      // results
  std::ostream& err;      // progress and errors
  bool progress = false;  // `err` is a terminal
  bool json = false;
  double timeout_seconds = 30;
  Connection connection = {};
  std::function<absl::Status()> command = {};
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_CONTEXT_H_

// The whole of `enkrat` as a function: from arguments to an exit code.
#ifndef ENKRAT_CLI_PROGRAM_H_
#define ENKRAT_CLI_PROGRAM_H_

#include <functional>
#include <ostream>

#include "absl/status/status.h"

namespace enkrat::cli {

// Reads the command line, runs the command that it names, and answers the exit code of
// cli/outcome.h. Results go to `out`, errors and progress (if `terminal`) to `err`.
int RunProgram(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
               bool terminal);

// What the command answers; Unavailable (exit code 2) for an exception, which can only be a
// library's: no memory, no thread, a file name that it cannot hold.
absl::Status RunWithoutExceptions(const std::function<absl::Status()>& command);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PROGRAM_H_

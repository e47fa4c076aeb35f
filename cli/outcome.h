// How a command ended, as an exit code: 0 it did what was asked, 1 it failed or the verdict is
// negative, 2 the service or the environment is not available, 3 the verdict is neither yes nor
// no, 64 it was called wrongly.
#ifndef ENKRAT_CLI_OUTCOME_H_
#define ENKRAT_CLI_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enkrat::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUnavailable = 2;
inline constexpr int kExitUndecided = 3;
inline constexpr int kExitUsage = 64;

// The arguments contradict each other, or a file that must not exist does. Exit code 64.
absl::Status UsageError(absl::string_view message);
// Something outside cannot be reached or used: a service, a file, a folder. Exit code 2.
absl::Status UnavailableError(absl::string_view message);
// The command worked and its answer is no; the command has said why. Exit code 1, nothing more is
// printed.
absl::Status NegativeVerdict();
// The same, but what is known does not say. Exit code 3.
absl::Status UndecidedVerdict();

// The act of signing that an error is about: what became of it can be asked for by this id.
absl::Status WithRequestId(absl::Status status, absl::string_view request_id);
std::string RequestIdOf(const absl::Status& status);  // empty if there is none

// Either of the last two: nothing is left to say.
bool IsVerdict(const absl::Status& status);
// Exit code of a status from above, from common/reason.h, or from the service.
int ExitCodeFor(const absl::Status& status);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_OUTCOME_H_

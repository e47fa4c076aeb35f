// An error as the person at the terminal reads it: one line with the reason and what to do next;
// or as JSON for the program that called.
#ifndef ENKRAT_CLI_ERROR_TEXT_H_
#define ENKRAT_CLI_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enkrat::cli {

// What to do about it, one clause; empty where the message says it all.
std::string HintFor(const absl::Status& status);

// "error: ASSERTION_REJECTED: <message> (hint: ...)", without a line ending. Control characters of
// the message, which may come from a service, are shown as '?'.
std::string ErrorLine(const absl::Status& status);

// {"error":{"reason","message","hint","field","retry_after_ms","exit_code"}}, one line.
std::string ErrorJson(const absl::Status& status);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_ERROR_TEXT_H_

// One line on the terminal that says how far long work has come; silent when nobody watches.
#ifndef ENKRAT_CLI_PROGRESS_H_
#define ENKRAT_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cli/context.h"

namespace enkrat::cli {

// Not thread-safe. Clears its line when it goes.
class Progress {
 public:
  // `context` is not owned. `doing`: "digesting report.pdf".
  Progress(const Context& context, absl::string_view doing) : context_(context), doing_(doing) {}
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws at most ten times a second. `total` 0: unknown.
  void Report(uint64_t done, uint64_t total);

 private:
  const Context& context_;
  const std::string doing_;
  absl::Time drawn_at_ = absl::InfinitePast();
  bool drawn_ = false;
};

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PROGRESS_H_

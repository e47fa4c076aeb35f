#include "cli/progress.h"

#include "absl/time/clock.h"

namespace enkrat::cli {

Progress::~Progress() {
  if (drawn_) context_.err << "\r\033[K" << std::flush;
}

void Progress::Report(uint64_t done, uint64_t total) {
  if (!context_.progress) return;
  const absl::Time now = absl::Now();
  if (now - drawn_at_ < absl::Milliseconds(100)) return;
  drawn_at_ = now;
  drawn_ = true;
  context_.err << "\r\033[K" << doing_ << " ";
  if (total > 0) {
    context_.err << done * 100 / total << " %";
  } else {
    context_.err << done;
  }
  context_.err << std::flush;
}

}  // namespace enkrat::cli

// What the kernel says about the clock that it keeps: adjtimex(2), which any process may ask.
#ifndef ENKRAT_TSA_KERNEL_CLOCK_H_
#define ENKRAT_TSA_KERNEL_CLOCK_H_

#include <functional>
#include <optional>

#include "absl/time/time.h"

struct timex;

namespace enkrat::tsa {

// Of the kernel's leap second machine (RFC 1589 2.2): announced for the end of this UTC day; being
// inserted, 23:59:60, while the clock repeats 23:59:59; done, and not yet withdrawn.
enum class LeapState { kNone, kInsertAnnounced, kDeleteAnnounced, kInProgress, kDone };

struct KernelClock {
  bool synchronised = false;  // STA_UNSYNC is off and the state is not TIME_ERROR
  LeapState leap = LeapState::kNone;
  // What whoever disciplines the clock has told the kernel: its root distance, growing by 500 ppm
  // until it is told again; an estimate; and what is still to be corrected, positive or negative.
  absl::Duration max_error = absl::ZeroDuration();
  absl::Duration estimated_error = absl::ZeroDuration();
  absl::Duration offset = absl::ZeroDuration();
};

// nullopt if the kernel cannot be asked.
using ReadKernelClock = std::function<std::optional<KernelClock>()>;
ReadKernelClock SystemKernelClock();

// `state` is what adjtimex returned, not negative.
KernelClock KernelClockFrom(const timex& answer, int state);

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_KERNEL_CLOCK_H_

#include "tsa/kernel_clock.h"

#include <sys/timex.h>

namespace enkrat::tsa {
namespace {

LeapState LeapStateFrom(int state) {
  switch (state) {
    case TIME_INS:
      return LeapState::kInsertAnnounced;
    case TIME_DEL:
      return LeapState::kDeleteAnnounced;
    case TIME_OOP:
      return LeapState::kInProgress;
    case TIME_WAIT:
      return LeapState::kDone;
    default:
      return LeapState::kNone;
  }
}

}  // namespace

KernelClock KernelClockFrom(const timex& answer, int state) {
  const bool nanoseconds = (answer.status & STA_NANO) != 0;
  return {
      .synchronised = state != TIME_ERROR && (answer.status & STA_UNSYNC) == 0,
      .leap = LeapStateFrom(state),
      .max_error = absl::Microseconds(answer.maxerror),
      .estimated_error = absl::Microseconds(answer.esterror),
      .offset = nanoseconds ? absl::Nanoseconds(answer.offset) : absl::Microseconds(answer.offset)};
}

ReadKernelClock SystemKernelClock() {
  return []() -> std::optional<KernelClock> {
    timex answer{};
    const int state = adjtimex(&answer);
    if (state < 0) return std::nullopt;
    return KernelClockFrom(answer, state);
  };
}

}  // namespace enkrat::tsa

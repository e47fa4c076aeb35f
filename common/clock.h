// The time of day, handed in wherever it is needed so that tests own it. No builder reads a clock
// itself.
#ifndef ENKRAT_COMMON_CLOCK_H_
#define ENKRAT_COMMON_CLOCK_H_

#include "absl/time/time.h"

namespace enkrat {

class Clock {
 public:
  virtual ~Clock() = default;
  // UTC as the machine believes it to be; can be stepped by an operator or NTP.
  virtual absl::Time Now() const = 0;
  // Time since an arbitrary start that nothing can step (CLOCK_BOOTTIME): for durations and jump
  // detection.
  virtual absl::Duration SinceBoot() const = 0;
};

// The machine's own clocks. Stateless, thread-safe.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration SinceBoot() const override;
};

}  // namespace enkrat

#endif  // ENKRAT_COMMON_CLOCK_H_

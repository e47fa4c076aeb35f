// Says whether the clock may be trusted with a timestamp, and keeps genTime from going back
// (invariant 7; EN 319 421 TIS-7.7.1-07, TIS-7.7.2).
#ifndef ENKRAT_TSA_CLOCK_GUARD_H_
#define ENKRAT_TSA_CLOCK_GUARD_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat::tsa {

// What the kernel says about the clock (adjtimex(2)): nullopt when it is not synchronised, else the
// estimated maximal error.
using ClockError = std::function<std::optional<absl::Duration>()>;
ClockError KernelClockError();

// Thread-safe.
class ClockGuard {
 public:
  struct Options {
    absl::Duration accuracy = absl::Seconds(1);  // more than zero, at most 1 s (EN 319 422 5.2.2)
    // Refuse unless clock_error answers an error within the accuracy.
    bool require_synchronised = false;
    ClockError clock_error = nullptr;  // required when require_synchronised
    const Clock* clock = nullptr;      // not owned; required
  };
  static absl::StatusOr<std::unique_ptr<ClockGuard>> Create(Options options);

  // The time to put into genTime: now, never before an earlier answer. kTimestampUnavailable when
  // the clock is not synchronised; when steps have moved the wall clock against the monotonic one
  // by more than the accuracy, all small ones together; or when the wall clock lies behind an
  // earlier answer by more than the accuracy. A step is believed once the two clocks have agreed
  // for a minute after it. (Slewing and frequency corrections move both clocks alike.)
  absl::StatusOr<absl::Time> GenTime() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Duration accuracy() const { return options_.accuracy; }

 private:
  explicit ClockGuard(Options options) : options_(std::move(options)) {}

  absl::Status CheckSynchronised() const;
  absl::Status CheckStep(absl::Time boot_at, absl::Duration since_boot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  Mutex mutex_;
  std::optional<absl::Time> latest_ ABSL_GUARDED_BY(mutex_);
  // When the machine was started, by the wall clock that is believed: wall clock minus monotonic.
  std::optional<absl::Time> boot_at_ ABSL_GUARDED_BY(mutex_);
  // The same by a wall clock that was stepped and is not believed yet, and since when.
  std::optional<absl::Time> stepped_boot_at_ ABSL_GUARDED_BY(mutex_);
  absl::Duration stepped_since_boot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_CLOCK_GUARD_H_

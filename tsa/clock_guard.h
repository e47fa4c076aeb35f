// Says whether the clock may be trusted with a timestamp, and keeps genTime from going back
// (invariant 7; EN 319 421 TIS-7.7.2).
#ifndef ENKRAT_TSA_CLOCK_GUARD_H_
#define ENKRAT_TSA_CLOCK_GUARD_H_

#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat::tsa {

// What the kernel says about the clock (adjtimex): nullopt when it is not synchronised, else the
// estimated maximal error.
using ClockError = std::function<std::optional<absl::Duration>()>;
ClockError KernelClockError();

// Thread-safe.
class ClockGuard {
 public:
  struct Options {
    absl::Duration accuracy = absl::Seconds(1);
    // Refuse unless clock_error answers an error within the accuracy.
    bool require_synchronised = false;
    ClockError clock_error;        // required when require_synchronised
    const Clock* clock = nullptr;  // not owned; required
  };
  static absl::StatusOr<std::unique_ptr<ClockGuard>> Create(Options options);

  // The time to put into genTime: now, never before an earlier answer. kTimestampUnavailable when
  // the wall clock was stepped against the monotonic one by more than the accuracy since the last
  // answer, or is not synchronised. A step is believed again once the two clocks have agreed for a
  // minute after it.
  absl::StatusOr<absl::Time> GenTime() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit ClockGuard(Options options) : options_(std::move(options)) {}

  const Options options_;
  Mutex mutex_;
  std::optional<absl::Time> latest_ ABSL_GUARDED_BY(mutex_);
  // Wall clock minus monotonic clock when they were last found in agreement.
  std::optional<absl::Time> boot_at_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> stepped_boot_at_ ABSL_GUARDED_BY(mutex_);
  absl::Duration stepped_since_boot_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_CLOCK_GUARD_H_

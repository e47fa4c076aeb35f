// A clock that tests own: stands still until it is told to move.
#ifndef ENKRAT_TESTS_SUPPORT_FAKE_CLOCK_H_
#define ENKRAT_TESTS_SUPPORT_FAKE_CLOCK_H_

#include <atomic>

#include "absl/time/time.h"
#include "common/clock.h"

namespace enkrat::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'800'000'000))
      : now_us_(absl::ToUnixMicros(now)) {}

  absl::Time Now() const override { return absl::FromUnixMicros(now_us_.load()); }
  absl::Duration SinceBoot() const override { return absl::Microseconds(boot_us_.load()); }

  // Time passes: both clocks move.
  void Advance(absl::Duration by) {
    now_us_ += absl::ToInt64Microseconds(by);
    boot_us_ += absl::ToInt64Microseconds(by);
  }
  // Somebody steps the clock: only the time of day moves.
  void Step(absl::Duration by) { now_us_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> now_us_;
  std::atomic<int64_t> boot_us_{1'000'000};
};

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_FAKE_CLOCK_H_

#include "tsa/clock_guard.h"

#include <sys/timex.h>

#include <algorithm>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::tsa {
namespace {

constexpr absl::Duration kMostAccuracy = absl::Seconds(1);
constexpr absl::Duration kBelievedAfter = absl::Minutes(1);
constexpr int kReadAttempts = 5;

// Both clocks at one moment.
struct Reading {
  absl::Time wall;
  absl::Duration since_boot;
};

// The thread may be put aside between two reads of clocks, which would look like a step: reads the
// monotonic clock on both sides of the wall clock until little time passed in between.
std::optional<Reading> ReadTogether(const Clock& clock, absl::Duration tolerance) {
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    const absl::Duration before = clock.SinceBoot();
    const absl::Time wall = clock.Now();
    const absl::Duration after = clock.SinceBoot();
    if (after - before <= tolerance) return Reading{.wall = wall, .since_boot = after};
  }
  return std::nullopt;
}

absl::Status Unavailable(absl::string_view why) {
  return MakeError(Reason::kTimestampUnavailable, why);
}

}  // namespace

ClockError KernelClockError() {
  return []() -> std::optional<absl::Duration> {
    timex state{};
    const int result = adjtimex(&state);
    if (result < 0 || result == TIME_ERROR || (state.status & STA_UNSYNC) != 0) return std::nullopt;
    return absl::Microseconds(state.maxerror);
  };
}

absl::StatusOr<std::unique_ptr<ClockGuard>> ClockGuard::Create(Options options) {
  if (options.clock == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "a clock guard needs a clock");
  }
  if (options.accuracy <= absl::ZeroDuration() || options.accuracy > kMostAccuracy) {
    return MakeError(Reason::kConfigurationInvalid, "the accuracy is not within 0 s and 1 s");
  }
  if (options.require_synchronised && options.clock_error == nullptr) {
    return MakeError(Reason::kConfigurationInvalid, "nothing to ask whether the clock is in sync");
  }
  return std::unique_ptr<ClockGuard>(new ClockGuard(std::move(options)));
}

absl::StatusOr<absl::Time> ClockGuard::GenTime() {
  ENKRAT_RETURN_IF_ERROR(CheckSynchronised());
  MutexLock lock(mutex_);
  const std::optional<Reading> now = ReadTogether(*options_.clock, options_.accuracy / 10);
  if (!now) return Unavailable("the clocks cannot be read at one moment");
  ENKRAT_RETURN_IF_ERROR(CheckStep(now->wall - now->since_boot, now->since_boot));
  if (latest_ && now->wall < *latest_ - options_.accuracy) {
    return Unavailable("the clock is behind an earlier timestamp");
  }
  latest_ = latest_ ? std::max(*latest_, now->wall) : now->wall;
  return *latest_;
}

absl::Status ClockGuard::CheckSynchronised() const {
  if (!options_.require_synchronised) return absl::OkStatus();
  const std::optional<absl::Duration> error = options_.clock_error();
  if (!error) return Unavailable("the clock is not synchronised");
  if (*error > options_.accuracy) return Unavailable("the clock's error exceeds the accuracy");
  return absl::OkStatus();
}

absl::Status ClockGuard::CheckStep(absl::Time boot_at, absl::Duration since_boot) {
  const auto agrees_with = [&](absl::Time believed) {
    return absl::AbsDuration(boot_at - believed) <= options_.accuracy;
  };
  if (!boot_at_) boot_at_ = boot_at;
  if (!stepped_boot_at_ && agrees_with(*boot_at_)) return absl::OkStatus();
  if (!stepped_boot_at_ || !agrees_with(*stepped_boot_at_)) {
    stepped_boot_at_ = boot_at;
    stepped_since_boot_ = since_boot;
  }
  if (since_boot - stepped_since_boot_ < kBelievedAfter)
    return Unavailable("the clock was stepped");
  boot_at_ = boot_at;
  stepped_boot_at_.reset();
  return absl::OkStatus();
}

}  // namespace enkrat::tsa

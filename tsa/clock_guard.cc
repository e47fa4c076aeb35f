#include "tsa/clock_guard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::tsa {
namespace {

constexpr absl::Duration kMostAccuracy = absl::Seconds(1);
constexpr int kReadAttempts = 5;
constexpr int kMostGoodPolls = 100;
constexpr size_t kMostEvents = 64;
constexpr double kDriftOfAClock = 15e-6;  // PHI, RFC 5905 7.2
// The kernel makes a leap second at a tick; the clock before it shows a time that is not.
constexpr absl::Duration kAroundLeap = absl::Milliseconds(100);
constexpr absl::Duration kLeapTolerance = absl::Milliseconds(50);
constexpr absl::Duration kLeapAwaited = absl::Seconds(10);

absl::Status Unavailable(absl::string_view why) {
  return MakeError(Reason::kTimestampUnavailable, why);
}

absl::Time EndOfUtcDay(absl::Time now) {
  const absl::CivilDay day = absl::ToCivilDay(now, absl::UTCTimeZone());
  return absl::FromCivil(day + 1, absl::UTCTimeZone());
}

}  // namespace

absl::string_view ClockEventName(ClockEventKind kind) {
  switch (kind) {
    case ClockEventKind::kLost:
      return "lost";
    case ClockEventKind::kRegained:
      return "regained";
    case ClockEventKind::kStepped:
      return "stepped";
    case ClockEventKind::kLeapAnnounced:
      return "leap-announced";
    case ClockEventKind::kLeapSecond:
      return "leap-second";
    case ClockEventKind::kLeapMissed:
      break;
  }
  return "leap-missed";
}

absl::StatusOr<std::unique_ptr<ClockGuard>> ClockGuard::Create(Options options) {
  const auto invalid = [](absl::string_view why) {
    return MakeError(Reason::kConfigurationInvalid, why);
  };
  if (options.clock == nullptr) return invalid("a clock guard needs a clock");
  if (options.accuracy <= absl::ZeroDuration() || options.accuracy > kMostAccuracy) {
    return invalid("the accuracy is not within 0 s and 1 s");
  }
  if (options.require_synchronised && options.kernel == nullptr) {
    return invalid("nothing to ask whether the clock is in sync");
  }
  if (options.good_polls < 1 || options.good_polls > kMostGoodPolls ||
      options.longest_without_poll <= absl::ZeroDuration()) {
    return invalid("polls of the clock are out of range");
  }
  std::unique_ptr<ClockGuard> guard(new ClockGuard(std::move(options)));
  {
    MutexLock lock(guard->mutex_);
    guard->outage_ = Unavailable("the clock was not looked at yet");
  }
  if (guard->options_.network == nullptr) guard->Poll();
  return guard;
}

// The thread may be put aside between two reads of clocks, which would look like a step: reads the
// one since boot on both sides of the wall clock until little time passed in between.
std::optional<ClockGuard::Reading> ClockGuard::ReadTogether() const {
  const Clock& clock = *options_.clock;
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    const absl::Duration before = clock.SinceBoot();
    const absl::Time wall = clock.Now();
    const absl::Duration after = clock.SinceBoot();
    if (after - before <= options_.accuracy / 10) return Reading{wall, after};
  }
  return std::nullopt;
}

std::optional<KernelClock> ClockGuard::AskKernel() const {
  return options_.kernel == nullptr ? std::nullopt : options_.kernel();
}

absl::StatusOr<absl::Time> ClockGuard::GenTime() {
  const std::optional<KernelClock> kernel = AskKernel();
  MutexLock lock(mutex_);
  ENKRAT_ASSIGN_OR_RETURN(const Reading now, Examine(kernel));
  const absl::Time gen_time = latest_ ? std::max(*latest_, now.wall) : now.wall;
  if (options_.mark != nullptr) ENKRAT_RETURN_IF_ERROR(options_.mark->Cover(gen_time));
  latest_ = gen_time;
  return gen_time;
}

absl::Status ClockGuard::Available() {
  const std::optional<KernelClock> kernel = AskKernel();
  MutexLock lock(mutex_);
  return Examine(kernel).status();
}

void ClockGuard::Look() { Available().IgnoreError(); }

absl::StatusOr<ClockGuard::Reading> ClockGuard::Examine(const std::optional<KernelClock>& kernel) {
  if (settled_) return Unavailable("the service ends");
  const std::optional<Reading> now = ReadTogether();
  if (!now) return moment_ = Unavailable("the clocks cannot be read at one moment");
  const absl::Status lasting = CheckLasting(*now, kernel);
  if (!lasting.ok() && looked_) Lose(*now, lasting);
  ENKRAT_RETURN_IF_ERROR(outage_);
  moment_ = CheckMoment(*now, kernel);
  ENKRAT_RETURN_IF_ERROR(moment_);
  return *now;
}

void ClockGuard::Poll() {
  std::optional<absl::StatusOr<NetworkTime>> network;
  if (options_.network != nullptr) network = options_.network();
  const std::optional<KernelClock> kernel = AskKernel();
  MutexLock lock(mutex_);
  ++polls_;
  const std::optional<Reading> now = ReadTogether();
  absl::Status status = now ? absl::OkStatus() : Unavailable("the clocks cannot be read");
  if (network.has_value() && status.ok()) {
    status = network->status();
    // Servers that are silent for once say nothing against the clock: CheckNetwork knows for how
    // long that is borne.
    if (network->ok()) {
      network_ = **network;
      network_at_ = now->since_boot;
    }
  }
  if (now) {
    moment_ = CheckMoment(*now, kernel);
    if (const absl::Status lasting = CheckLasting(*now, kernel); !lasting.ok()) {
      Lose(*now, lasting);
      status = lasting;
    }
  }
  good_polls_ = status.ok() ? good_polls_ + 1 : 0;
  if (!status.ok()) ++failed_polls_;
  if (!outage_.ok() && good_polls_ >= needed_polls_) Regain(*now);
}

absl::Status ClockGuard::CheckLasting(const Reading& now,
                                      const std::optional<KernelClock>& kernel) {
  FollowLeap(now, kernel);
  ENKRAT_RETURN_IF_ERROR(CheckStep(now));
  ENKRAT_RETURN_IF_ERROR(CheckKernel(kernel));
  ENKRAT_RETURN_IF_ERROR(CheckNetwork(now));
  if (latest_ && now.wall < *latest_ - options_.accuracy) {
    return Unavailable("the clock is behind an earlier timestamp");
  }
  return absl::OkStatus();
}

absl::Status ClockGuard::CheckKernel(const std::optional<KernelClock>& kernel) {
  if (kernel) kernel_error_ = kernel->max_error + absl::AbsDuration(kernel->offset);
  if (!options_.require_synchronised) return absl::OkStatus();
  if (!kernel || !kernel->synchronised) return Unavailable("the clock is not synchronised");
  if (kernel_error_ > options_.accuracy) {
    return Unavailable("the clock's error exceeds the accuracy");
  }
  return absl::OkStatus();
}

absl::Status ClockGuard::CheckStep(const Reading& now) {
  const absl::Time boot_at = now.wall - now.since_boot;
  if (!boot_at_) boot_at_ = boot_at;
  const absl::Duration step = boot_at - *boot_at_;
  if (absl::AbsDuration(step) <= options_.accuracy) return absl::OkStatus();
  boot_at_ = boot_at;
  network_.reset();  // what it said was about the clock before
  good_polls_ = 0;
  Note(ClockEventKind::kStepped, now, absl::StrCat("by ", absl::FormatDuration(step)));
  return Unavailable("the clock was stepped");
}

absl::Status ClockGuard::CheckNetwork(const Reading& now) const {
  if (options_.network == nullptr) return absl::OkStatus();
  if (!network_) return Unavailable("the NTP servers were not heard yet");
  const absl::Duration age = now.since_boot - network_at_;
  if (age > options_.longest_without_poll) {
    return Unavailable("no poll of the NTP servers was good for too long");
  }
  const absl::Duration error =
      absl::AbsDuration(network_->offset) + network_->root_distance + kDriftOfAClock * age;
  if (error > options_.accuracy) {
    return Unavailable("the clock is off by more than the accuracy, the NTP servers say");
  }
  return absl::OkStatus();
}

absl::Status ClockGuard::CheckMoment(const Reading& now,
                                     const std::optional<KernelClock>& kernel) const {
  if (kernel && kernel->leap == LeapState::kInProgress) {
    return Unavailable("a leap second is being inserted");
  }
  if (leap_ && now.wall > leap_->day_end - absl::Seconds(1) - kAroundLeap &&
      now.wall < leap_->day_end + kAroundLeap) {
    return Unavailable("a leap second is near");
  }
  if (now.wall < floor()) {
    return Unavailable("the clock is behind what an earlier process may have issued");
  }
  return absl::OkStatus();
}

// An announced second moves the wall clock by exactly that, at the end of the day, and is no step
// (EN 319 421 TIS-7.7.2-07 to -09).
void ClockGuard::FollowLeap(const Reading& now, const std::optional<KernelClock>& kernel) {
  if (!kernel) return;
  const bool inserts = kernel->leap == LeapState::kInsertAnnounced;
  const bool deletes = kernel->leap == LeapState::kDeleteAnnounced;
  if (!leap_ && (inserts || deletes)) {
    leap_ = Leap{.step = absl::Seconds(inserts ? -1 : 1), .day_end = EndOfUtcDay(now.wall)};
    Note(ClockEventKind::kLeapAnnounced, now,
         absl::StrCat(inserts ? "insertion" : "deletion", " before ",
                      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", leap_->day_end, absl::UTCTimeZone())));
  }
  if (!leap_) return;
  const absl::Duration moved =
      now.wall - now.since_boot - boot_at_.value_or(now.wall - now.since_boot);
  if (!leap_->done && now.wall >= leap_->day_end - absl::Seconds(1) - kLeapTolerance &&
      absl::AbsDuration(moved - leap_->step) <= kLeapTolerance) {
    leap_->done = true;
    *boot_at_ += leap_->step;
    Note(ClockEventKind::kLeapSecond, now,
         leap_->step < absl::ZeroDuration() ? "inserted" : "deleted");
  }
  const bool withdrawn =
      kernel->leap == LeapState::kNone && now.wall < leap_->day_end - kLeapAwaited;
  if (withdrawn || (!leap_->done && now.wall > leap_->day_end + kLeapAwaited)) {
    leap_->done = true;
    Note(ClockEventKind::kLeapMissed, now, withdrawn ? "withdrawn" : "not made");
  }
  // Not while the kernel still announces it: that would be taken for the next one.
  const bool over = withdrawn || now.wall > leap_->day_end + kAroundLeap;
  if (leap_->done && over && !inserts && !deletes) leap_.reset();
}

void ClockGuard::Lose(const Reading& now, const absl::Status& why) {
  if (outage_.ok() || !looked_) {
    ++losses_;
    Note(ClockEventKind::kLost, now, std::string(why.message()));
  }
  looked_ = true;
  outage_ = why;
  good_polls_ = 0;
  needed_polls_ = options_.good_polls;
}

void ClockGuard::Regain(const Reading& now) {
  looked_ = true;
  outage_ = absl::OkStatus();
  std::string detail = absl::StrCat("after ", good_polls_, " good polls");
  if (network_) {
    absl::StrAppend(&detail, ", offset ", absl::FormatDuration(network_->offset),
                    ", root distance ", absl::FormatDuration(network_->root_distance));
  }
  Note(ClockEventKind::kRegained, now, std::move(detail));
}

void ClockGuard::Note(ClockEventKind kind, const Reading& now, std::string detail) {
  if (events_.size() == kMostEvents) events_.erase(events_.begin());
  events_.push_back(
      {.kind = kind, .at = now.wall, .since_boot = now.since_boot, .detail = std::move(detail)});
}

ClockGuard::State ClockGuard::state() const {
  MutexLock lock(mutex_);
  return {.available = outage_.ok() ? moment_ : outage_,
          .network = network_,
          .kernel_error = kernel_error_,
          .polls = polls_,
          .failed_polls = failed_polls_,
          .losses = losses_};
}

std::vector<ClockEvent> ClockGuard::TakeEvents() {
  MutexLock lock(mutex_);
  return std::exchange(events_, {});
}

absl::Time ClockGuard::floor() const {
  return options_.mark == nullptr ? absl::InfinitePast() : options_.mark->floor();
}

absl::Status ClockGuard::Settle() {
  MutexLock lock(mutex_);
  settled_ = true;
  if (options_.mark == nullptr || !latest_) return absl::OkStatus();
  return options_.mark->Settle(*latest_);
}

}  // namespace enkrat::tsa

// Says whether the clock may be trusted with a timestamp, and keeps genTime from going back
// (invariant 7; EN 319 421 TIS-7.7.1-07, TIS-7.7.2).
//
// Three witnesses are heard: the kernel (adjtimex) and the clock that nothing steps
// (CLOCK_BOOTTIME) for every timestamp, which costs a microsecond; NTP servers on a schedule. What
// one of them objects to ends the issuing at once; it comes back after several good polls in a row.
#ifndef ENKRAT_TSA_CLOCK_GUARD_H_
#define ENKRAT_TSA_CLOCK_GUARD_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "tsa/clock_event.h"
#include "tsa/gen_time_mark.h"
#include "tsa/kernel_clock.h"
#include "tsa/network_time.h"

namespace enkrat::tsa {

// Thread-safe.
class ClockGuard {
 public:
  struct Options {
    absl::Duration accuracy = absl::Seconds(1);  // more than zero, at most 1 s (EN 319 422 5.2.2)
    // Refuse unless the kernel calls the clock synchronised, within the accuracy.
    bool require_synchronised = false;
    ReadKernelClock kernel = nullptr;  // required when require_synchronised; knows leap seconds
    AskNetworkTime network = nullptr;  // optional; called by Poll only
    // With a network: without a good poll for that long nothing is issued.
    absl::Duration longest_without_poll = absl::Minutes(5);
    int good_polls = 3;                           // in a row, to come back; 1 to 100
    std::unique_ptr<GenTimeMark> mark = nullptr;  // optional
    const Clock* clock = nullptr;                 // not owned; required
  };
  // Without a network the first poll is made here.
  static absl::StatusOr<std::unique_ptr<ClockGuard>> Create(Options options);

  // The time to put into genTime: now, never before an earlier answer, nor before one of an earlier
  // process (GenTimeMark). kTimestampUnavailable while
  //   - the kernel does not call the clock synchronised, or its error exceeds the accuracy;
  //   - the NTP servers say otherwise: |offset| + root distance exceed the accuracy; or no poll of
  //     them was good for longest_without_poll;
  //   - steps have moved the clock against the one since boot by more than the accuracy, all small
  //     ones together (slewing moves both alike; a leap second that was announced is no step);
  //   - good_polls good polls in a row have not followed one of these;
  //   - the clock is behind an earlier answer by more than the accuracy, or behind the mark;
  //   - a leap second is near: from 1.1 s before the end of the UTC day to 0.1 s after it;
  //   - the mark cannot be written.
  absl::StatusOr<absl::Time> GenTime() ABSL_LOCKS_EXCLUDED(mutex_);

  // Whether GenTime would answer now. Looks, so that nobody is refused for what has passed.
  absl::Status Available() ABSL_LOCKS_EXCLUDED(mutex_);

  // Asks all witnesses; blocks for as long as the network takes. On a schedule, on one thread.
  void Poll() ABSL_LOCKS_EXCLUDED(mutex_);
  // Asks those that cost nothing, so that a loss is noticed while no timestamps are asked for.
  void Look() ABSL_LOCKS_EXCLUDED(mutex_);

  // What the last look, poll or timestamp found.
  struct State {
    absl::Status available;  // OK, or what GenTime answers
    std::optional<NetworkTime> network;
    absl::Duration kernel_error;  // max_error + |offset|; zero if not asked
    uint64_t polls = 0;
    uint64_t failed_polls = 0;
    uint64_t losses = 0;
  };
  State state() const ABSL_LOCKS_EXCLUDED(mutex_);
  // What happened since the last call, oldest first; at most 64 are kept.
  std::vector<ClockEvent> TakeEvents() ABSL_LOCKS_EXCLUDED(mutex_);

  // Nothing later than this was issued before this process; InfinitePast if that is not known.
  absl::Time floor() const;
  // The service ends: the next process needs not wait for the mark. Afterwards nothing is issued.
  absl::Status Settle() ABSL_LOCKS_EXCLUDED(mutex_);

  absl::Duration accuracy() const { return options_.accuracy; }

 private:
  // Both clocks at one moment.
  struct Reading {
    absl::Time wall;
    absl::Duration since_boot;
  };
  struct Leap {
    absl::Duration step;  // of the wall clock: -1 s or +1 s
    absl::Time day_end;
    bool done = false;
  };

  explicit ClockGuard(Options options) : options_(std::move(options)) {}

  std::optional<Reading> ReadTogether() const;
  std::optional<KernelClock> AskKernel() const;
  // The reading, if a timestamp may be issued at it.
  absl::StatusOr<Reading> Examine(const std::optional<KernelClock>& kernel)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What ends the issuing until good polls have followed.
  absl::Status CheckLasting(const Reading& now, const std::optional<KernelClock>& kernel)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckKernel(const std::optional<KernelClock>& kernel)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckStep(const Reading& now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckNetwork(const Reading& now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What passes by itself.
  absl::Status CheckMoment(const Reading& now, const std::optional<KernelClock>& kernel) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FollowLeap(const Reading& now, const std::optional<KernelClock>& kernel)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lose(const Reading& now, const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Regain(const Reading& now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Note(ClockEventKind kind, const Reading& now, std::string detail)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  std::optional<absl::Time> latest_ ABSL_GUARDED_BY(mutex_);
  // When the machine was started, by the wall clock that is believed: wall clock minus since boot.
  std::optional<absl::Time> boot_at_ ABSL_GUARDED_BY(mutex_);
  std::optional<Leap> leap_ ABSL_GUARDED_BY(mutex_);
  std::optional<NetworkTime> network_ ABSL_GUARDED_BY(mutex_);  // of the last good poll
  absl::Duration network_at_ ABSL_GUARDED_BY(mutex_);           // since boot
  absl::Duration kernel_error_ ABSL_GUARDED_BY(mutex_);
  absl::Status outage_ ABSL_GUARDED_BY(mutex_);  // not OK: until good polls have followed
  absl::Status moment_ ABSL_GUARDED_BY(mutex_);  // not OK: for the moment
  bool looked_ ABSL_GUARDED_BY(mutex_) = false;
  bool settled_ ABSL_GUARDED_BY(mutex_) = false;
  int good_polls_ ABSL_GUARDED_BY(mutex_) = 0;
  int needed_polls_ ABSL_GUARDED_BY(mutex_) = 1;  // at the start one will do
  uint64_t polls_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t failed_polls_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t losses_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<ClockEvent> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_CLOCK_GUARD_H_

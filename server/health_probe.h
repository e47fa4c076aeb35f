// One thing that the service cannot work without, asked again and again: what it said last, and
// whether that is recent. A check that hangs says nothing any more, which is an answer, too.
#ifndef ENKRAT_SERVER_HEALTH_PROBE_H_
#define ENKRAT_SERVER_HEALTH_PROBE_H_

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat::server {

// Thread-safe.
class HealthProbe {
 public:
  struct Options {
    std::function<absl::Status()> check;  // may block
    absl::Duration interval = absl::Seconds(5);
    // Busy is not ill, but what is never free for so long does not serve.
    absl::Duration longest_busy = absl::Minutes(1);
    const Clock* clock = nullptr;  // not owned
  };

  explicit HealthProbe(Options options) : options_(std::move(options)) {}

  // Checks, and keeps the result. To be called every interval, on one thread.
  void Ask() ABSL_LOCKS_EXCLUDED(mutex_);
  // The last result; OK while it is kOverloaded or kDeadlineTooShort, for longest_busy at most.
  // kInternal if no check was completed for three intervals.
  absl::Status Verdict() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const Options options_;
  mutable Mutex mutex_;
  absl::Status last_ ABSL_GUARDED_BY(mutex_) = absl::UnknownError("not checked yet");
  absl::Duration completed_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();  // SinceBoot
  absl::Duration last_free_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();  // likewise
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_HEALTH_PROBE_H_

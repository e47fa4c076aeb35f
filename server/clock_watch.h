// Keeps the clock guard's witnesses heard, and says what they found: to the log, the figures and
// the evidence (EN 319 421 OVR-7.12-04 to -06).
#ifndef ENKRAT_SERVER_CLOCK_WATCH_H_
#define ENKRAT_SERVER_CLOCK_WATCH_H_

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/log.h"
#include "server/metrics.h"
#include "server/periodic_task.h"
#include "store/ledger.h"
#include "tsa/clock_guard.h"

namespace enkrat::server {

class ClockWatch {
 public:
  // Nothing is owned; all outlive it.
  struct Options {
    tsa::ClockGuard* guard = nullptr;
    absl::Duration poll_interval = absl::Seconds(64);
    store::Ledger* ledger = nullptr;  // optional
    Logger* logger = nullptr;
  };
  explicit ClockWatch(Options options) : options_(std::move(options)) {}
  ClockWatch(const ClockWatch&) = delete;
  ClockWatch& operator=(const ClockWatch&) = delete;

  // How soon a loss is noticed while nobody asks for timestamps.
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(500);

  // Polls on a thread of its own, and looks on another, until the watch ends.
  void Start();
  // Logs and records what has happened since the last call. Blocks on the disk.
  void Report();

 private:
  const Options options_;
  std::unique_ptr<PeriodicTask> polls_;
  std::unique_ptr<PeriodicTask> looks_;
};

// enkrat_clock_*: whether timestamps are issued, and how far the clock may be off.
void AddClockGauges(const tsa::ClockGuard& guard, Metrics& metrics);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CLOCK_WATCH_H_

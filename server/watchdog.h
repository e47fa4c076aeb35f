// Notices a listener that has gone deaf and ends the process, so that the supervisor starts a new
// one.
//
// gRPC 1.51.1 never accepts again after one exhaustion of file descriptors (CVE-2023-4785;
// tests/fault shows it). Goes when the distribution's gRPC is 1.53.2 or later.
#ifndef ENKRAT_SERVER_WATCHDOG_H_
#define ENKRAT_SERVER_WATCHDOG_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "server/periodic_task.h"

namespace enkrat::server {

// Whether a listener answers on host:port: connects, sends the HTTP/2 client preface, and waits for
// gRPC's SETTINGS frame or, with TLS, for gRPC to close the connection. A kernel completes connects
// that nobody accepts, so connecting alone proves nothing.
bool ListenerAnswers(const std::string& host, uint16_t port, absl::Duration timeout);

// Asks `alive` every interval on a thread of its own; calls `deaf` once after `tolerance` failures
// in a row.
class Watchdog {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(5);
    int tolerance = 3;
  };

  Watchdog(Options options, std::function<bool()> alive, std::function<void()> deaf);

 private:
  int failures_ = 0;  // of the task's thread
  PeriodicTask task_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_WATCHDOG_H_

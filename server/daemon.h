// The whole service in one object: built from the bottom up, checked before it listens, drained
// from the top down.
#ifndef ENKRAT_SERVER_DAEMON_H_
#define ENKRAT_SERVER_DAEMON_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/log.h"
#include "server/metrics.h"
#include "server/settings.h"

namespace enkrat::server {

class Core;
class Front;
class OperatorServer;

// Not thread-safe: one thread starts and drains it.
class Daemon {
 public:
  struct Options {
    Config config;                      // of LoadSettings
    std::string credentials_directory;  // systemd's; empty: none
    const Clock* clock = nullptr;       // not owned
    Logger* logger = nullptr;           // not owned
    // Called once, on a thread of the daemon, when its listener has gone deaf.
    std::function<void()> deaf;
  };

  // Loads the HSM, tests it, finds the keys, opens the ledger, closes abandoned sessions, and only
  // then listens. Errors name what to mend: kConfigurationInvalid, kPinRejected, kHsmUnavailable,
  // kStoreUnavailable, kNotFound (a key that is not in the token: run `enkrat init`).
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(Options options);
  // Stops without ceremony what Drain has not stopped.
  ~Daemon();

  uint16_t grpc_port() const;
  uint16_t http_port() const;

  // Says NOT_SERVING, lets running calls finish until the configured drain time is over, cancels
  // the rest, stops the HTTP port, flushes the ledger and finalises the HSM.
  void Drain();
  // Reads the relying parties' folder now. Thread-safe until Drain.
  void ReloadRelyingParties();

 private:
  explicit Daemon(Options options);

  const Options options_;
  Metrics metrics_;
  std::unique_ptr<Core> core_;                // HSM, ledger, workflow
  std::unique_ptr<Front> front_;              // listeners, threads, tasks; goes before the core
  std::unique_ptr<OperatorServer> operator_;  // null unless configured; goes first
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_DAEMON_H_

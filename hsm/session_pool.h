// The sessions of one token: opened and logged in at start, lent one at a time, mended when they
// break.
//
// Quarantine: a session that failed is replaced when it comes back. Reconnect: when the connection
// to the token is lost, the pool drains, then finalises and initialises the module, logs in, opens
// its sessions and looks its long-lived keys up again; while that fails, a circuit breaker answers
// callers at once. Recycle: the same, planned, after a number of keys (SoftHSM keeps 525 octets of
// every key until C_Finalize). A PIN that was refused once is never sent again.
//
// The pool has no thread of its own: maintenance runs on the thread of whoever asks for a session
// next (Acquire, CheckHealth), never under the pool's mutex.
#ifndef ENKRAT_HSM_SESSION_POOL_H_
#define ENKRAT_HSM_SESSION_POOL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/secret.h"
#include "hsm/long_lived_key.h"
#include "hsm/mac_key.h"
#include "hsm/module.h"
#include "hsm/session_lease.h"
#include "hsm/wrapping_key.h"

namespace enkrat::hsm {

// Counters since the pool was made, and gauges of now, for metrics and health.
struct PoolStatistics {
  uint64_t keys_generated = 0;
  uint64_t keys_destroyed = 0;
  uint64_t destructions_unconfirmed = 0;
  uint64_t signatures = 0;
  uint64_t sessions_quarantined = 0;
  uint64_t reconnects = 0;
  uint64_t reconnects_failed = 0;
  uint64_t recycles = 0;
  size_t sessions_leased = 0;
  size_t callers_waiting = 0;
  bool available = false;  // false while the circuit breaker is open or the PIN was refused
};

// Thread-safe. Outlives its leases and the keys that came from them; the module outlives it.
class SessionPool {
 public:
  struct Options {
    std::string token_label = {};
    Secret pin = {};
    size_t sessions = 2;          // 1..1024; one per worker thread
    size_t waiting_limit = 1024;  // callers that may wait for a session
    // Planned recycle after so many generated keys; 0 = never, nullopt = as the module's quirks
    // say.
    std::optional<uint64_t> recycle_after_keys = std::nullopt;
    absl::Duration breaker_first_pause = absl::Milliseconds(250);  // doubled up to the longest
    absl::Duration breaker_longest_pause = absl::Seconds(30);
    const Clock* clock = nullptr;  // required; not owned
    Logger* logger = nullptr;      // optional; not owned
  };

  // Logs in and opens options.sessions + 1 sessions (the extra one keeps the login alive).
  // kPinRejected; kNotFound, kConfigurationInvalid for the label (Module::FindToken); the CK_RV's
  // reason.
  static absl::StatusOr<std::unique_ptr<SessionPool>> Create(Module& module, Options options);
  // Closes the sessions. Aborts if a lease is still out.
  ~SessionPool();

  // Lends a session, first come first served. Waits until `deadline` at most: kDeadlineTooShort
  // then. At once: kOverloaded if too many wait already, kHsmUnavailable (with a retry delay) while
  // the circuit breaker is open, kPinRejected for good once the token refused the PIN.
  absl::StatusOr<SessionLease> Acquire(absl::Time deadline);

  // Start-up and ceremony; each waits for a session. Errors: LongLivedKeys, MacKeys,
  // WrappingKeys. Keys that were found or generated are looked up again after every reconnect.
  absl::StatusOr<LongLivedKey> FindKey(const std::string& label);
  absl::StatusOr<LongLivedKey> GenerateKey(const LongLivedKeySpec& spec);
  absl::StatusOr<MacKey> FindMacKey(const std::string& label);
  absl::StatusOr<MacKey> GenerateMacKey(const std::string& label);
  absl::StatusOr<WrappingKey> FindWrappingKey(const std::string& label);
  absl::StatusOr<WrappingKey> GenerateWrappingKey(const std::string& label);

  // Whether the token answers, for a health poll: mends the connection when that is due, and waits
  // for a session until `deadline`.
  absl::Status CheckHealth(absl::Time deadline);

  // Has the pool drain and recycle the module before the next session is lent.
  void RequestRecycle();

  PoolStatistics statistics() const;
  const std::string& token_label() const;

 private:
  class State;  // shared with the sessions that are out
  explicit SessionPool(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_SESSION_POOL_H_

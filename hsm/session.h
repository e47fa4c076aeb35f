// One open PKCS#11 session: its handle, and what its failures mean for it. Internal to hsm/.
#ifndef ENKRAT_HSM_SESSION_H_
#define ENKRAT_HSM_SESSION_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/log.h"
#include "hsm/cryptoki.h"
#include "hsm/module.h"

namespace enkrat::hsm {

// What the sessions of a pool count together.
struct PoolCounters {
  std::atomic<uint64_t> keys_generated = 0;
  std::atomic<uint64_t> keys_destroyed = 0;
  std::atomic<uint64_t> destructions_unconfirmed = 0;
  std::atomic<uint64_t> signatures = 0;
  std::atomic<uint64_t> sessions_quarantined = 0;
  std::atomic<uint64_t> reconnects = 0;
  std::atomic<uint64_t> reconnects_failed = 0;
  std::atomic<uint64_t> recycles = 0;
};

// Used by one thread at a time: the one that leases it, or the pool. Knows nothing of the pool.
class Session {
 public:
  // Not owned; all outlive the session. `logger` may be null.
  struct Surroundings {
    Module* module = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
    PoolCounters* counters = nullptr;
  };

  static absl::StatusOr<std::unique_ptr<Session>> Open(const Surroundings& surroundings,
                                                       SlotId slot, bool read_write);
  // Closes the session, unless it was forgotten; its session objects end with it.
  ~Session();

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const CK_FUNCTION_LIST& functions() const { return surroundings_.module->functions(); }
  CK_SESSION_HANDLE handle() const { return handle_; }
  SlotId slot() const { return slot_; }
  const Surroundings& surroundings() const { return surroundings_; }
  const Quirks& quirks() const { return surroundings_.module->quirks(); }

  // kHsmUnavailable once the session is quarantined.
  absl::Status Usable() const;

  // The return value of `call` as a Status; takes note of what it means for session and module.
  absl::Status Check(CK_RV rv, absl::string_view call);
  // The same for the later steps of an operation: any failure may leave it half-way.
  absl::Status CheckLaterStep(CK_RV rv, absl::string_view call);

  void Quarantine() { quarantined_ = true; }
  void RequestReconnect() { quarantined_ = reconnect_requested_ = true; }
  bool quarantined() const { return quarantined_; }
  bool reconnect_requested() const { return reconnect_requested_; }

  // A logged-in user's session? Anything else means that the login is lost.
  absl::Status CheckLoggedIn();

  // Closes and opens again: ends every session object of this session, whatever the token thinks
  // of their handles. The session stays quarantined.
  absl::Status Reopen();
  // After C_Finalize or C_CloseAllSessions: there is nothing left to close.
  void Forget() { handle_ = CK_INVALID_HANDLE; }

  // One-time keys of this session that are alive; its lease allows one.
  int one_time_keys = 0;

 private:
  Session(const Surroundings& surroundings, SlotId slot, bool read_write)
      : surroundings_(surroundings), slot_(slot), read_write_(read_write) {}
  absl::Status OpenHandle();

  const Surroundings surroundings_;
  const SlotId slot_;
  const bool read_write_;
  CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
  bool quarantined_ = false;
  bool reconnect_requested_ = false;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_SESSION_H_

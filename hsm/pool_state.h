// Who gets a session of the pool next, and what has to be mended before. Internal to hsm/.
#ifndef ENKRAT_HSM_POOL_STATE_H_
#define ENKRAT_HSM_POOL_STATE_H_

#include <list>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "hsm/session_pool.h"
#include "hsm/token_connection.h"

namespace enkrat::hsm {

// Callers queue up; only the one at the head acts. It takes an idle session, or replaces one that
// was quarantined, or (once no lease is out) connects to the token anew. All calls to the token are
// made with the mutex released.
class SessionPool::State {
 public:
  State(Module& module, Options options);
  ~State();

  absl::Status Start();
  absl::StatusOr<std::shared_ptr<Session>> Acquire(absl::Time deadline);
  void RequestRecycle();
  // Has the pool connect anew if the root session is broken.
  void CheckRoot();
  PoolStatistics Statistics() const;

  TokenConnection& connection() { return connection_; }
  const Clock& clock() const { return *options_.clock; }

 private:
  struct Caller {
    CondVar turn;
  };
  enum class Step { kWait, kLend, kReplace, kConnect };

  // OK, kPinRejected, or kHsmUnavailable while the breaker is open.
  absl::Status Availability() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Step NextStep() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool RecycleDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<Session>> WaitInQueue(Caller& caller, absl::Time deadline)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Session> Lend(std::unique_ptr<Session> session)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // These two release the mutex while they talk to the token.
  absl::StatusOr<std::unique_ptr<Session>> Replace() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteConnected(TokenConnection::Sessions sessions, bool planned)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteConnectionFailed(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OpenBreaker() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Return(Session* session);
  void WakeHead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Module& module_;
  Options options_;
  const uint64_t recycle_after_keys_;
  PoolCounters counters_;
  TokenConnection connection_;

  mutable Mutex mutex_;
  std::list<Caller*> queue_ ABSL_GUARDED_BY(mutex_);
  TokenConnection::Sessions idle_ ABSL_GUARDED_BY(mutex_);
  // Quarantined, to be closed when that is safe.
  TokenConnection::Sessions broken_ ABSL_GUARDED_BY(mutex_);
  size_t to_replace_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t leased_ ABSL_GUARDED_BY(mutex_) = 0;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;  // the caller at the head talks to the token
  bool connect_due_ ABSL_GUARDED_BY(mutex_) = false;
  bool recycle_requested_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t keys_at_last_connect_ ABSL_GUARDED_BY(mutex_) = 0;
  bool pin_rejected_ ABSL_GUARDED_BY(mutex_) = false;
  // A connection is on probation until a session comes back sound: one that breaks at once opens
  // the breaker, so that a token that connects but cannot work is not hammered.
  bool on_probation_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration pause_ ABSL_GUARDED_BY(mutex_);
  absl::Duration breaker_open_until_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_POOL_STATE_H_

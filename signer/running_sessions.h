// Which (relying party, request_id) are being worked on in this process, so that a client's retry
// waits for the first call instead of racing it.
#ifndef ENKRAT_SIGNER_RUNNING_SESSIONS_H_
#define ENKRAT_SIGNER_RUNNING_SESSIONS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"

namespace enkrat::signer {

// Thread-safe. Must outlive its claims.
class RunningSessions {
 public:
  using Key = std::pair<std::string, std::string>;  // relying party, request_id

  // Calls that may wait for one key. Each holds a thread: whoever repeats a request over and over
  // takes no more than these from the others.
  static constexpr size_t kMaxWaiting = 2;

  // Held while a session runs; ends it, and wakes who waits, on destruction. Move-only.
  class Claim {
   public:
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&&) = delete;
    ~Claim();

   private:
    friend class RunningSessions;
    Claim(RunningSessions* sessions, const Key& key) : sessions_(sessions), key_(key) {}

    RunningSessions* sessions_;
    Key key_;
  };

  // Claims the key; waits while somebody else holds it. kDeadlineTooShort when it was not free by
  // then; kOverloaded, with a retry delay, when enough calls wait for it already.
  absl::StatusOr<Claim> Enter(const Key& key, absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // One claim, for those who wait for its end; they keep it alive.
  struct Running {
    size_t waiting = 0;
    bool ended = false;
    CondVar end;
  };
  void Release(const Key& key) ABSL_LOCKS_EXCLUDED(mutex_);

  Mutex mutex_;
  std::map<Key, std::shared_ptr<Running>> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_RUNNING_SESSIONS_H_

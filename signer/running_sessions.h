// Which (relying party, request_id) are being worked on in this process, so that a client's retry
// waits for the first call instead of racing it.
#ifndef ENKRAT_SIGNER_RUNNING_SESSIONS_H_
#define ENKRAT_SIGNER_RUNNING_SESSIONS_H_

#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace enkrat::signer {

// Thread-safe. Must outlive its claims.
class RunningSessions {
 public:
  using Key = std::pair<std::string, std::string>;  // relying party, request_id

  // Held while a session runs; ends it, and wakes who waits, on destruction.
  class Claim {
   public:
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&&) = delete;
    ~Claim();

    // True for the one call that runs the session; false for one that found it running.
    bool mine() const { return sessions_ != nullptr; }

   private:
    friend class RunningSessions;
    Claim(RunningSessions* sessions, Key key) : sessions_(sessions), key_(std::move(key)) {}

    RunningSessions* sessions_;
    Key key_;
  };

  // Claims the key, or answers a claim that is not mine() if it is taken.
  Claim TryClaim(const Key& key) ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until nobody holds the key; false if the deadline came first.
  bool WaitUntilFree(const Key& key, absl::Time deadline) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Release(const Key& key) ABSL_LOCKS_EXCLUDED(mutex_);

  Mutex mutex_;
  CondVar released_;
  std::set<Key> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_RUNNING_SESSIONS_H_

// Who may go to the HSM next. A turn is taken before the assertion is spent, so that a call that
// would wait too long is refused while its assertion is still good.
//
// Fair: turns go round the relying parties that wait, not round their calls. Heavy calls (an RSA
// key, many documents) have a few turns of their own to share, so that light ones always find a
// session of the token free.
#ifndef ENKRAT_SIGNER_HSM_TURNS_H_
#define ENKRAT_SIGNER_HSM_TURNS_H_

#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/wake_up.h"

namespace enkrat::signer {

// Thread-safe. Must outlive its turns.
class HsmTurns {
 public:
  struct Options {
    // Calls between the spending of their assertion and the end of their key. More than the token
    // has sessions, because some of them wait for the disk.
    size_t turns = 16;
    size_t heavy_turns = 1;  // of those; at least 1
  };

  // Given back on destruction. Move-only.
  class Turn {
   public:
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), heavy_(other.heavy_) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->GiveBack(heavy_);
    }

   private:
    friend class HsmTurns;
    Turn(HsmTurns* turns, bool heavy) : turns_(turns), heavy_(heavy) {}

    HsmTurns* turns_;
    bool heavy_;
  };

  explicit HsmTurns(Options options) : options_(options) {}

  // Waits for a turn. kDeadlineTooShort when none came by then.
  absl::StatusOr<Turn> Take(const std::string& relying_party, bool heavy, absl::Time deadline)
      ABSL_LOCKS_EXCLUDED(mutex_);

  size_t waiting() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Shared, because either may be done with it first: the caller gives up on a turn that does not
  // come.
  struct Waiter {
    Waiter(std::string who, bool is_heavy) : relying_party(std::move(who)), heavy(is_heavy) {}
    const std::string relying_party;
    const bool heavy;
    WakeUp called;  // has its turn
  };
  using Waiters = std::list<std::shared_ptr<Waiter>>;
  void GiveBack(bool heavy) ABSL_LOCKS_EXCLUDED(mutex_);
  bool Free(bool heavy) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes off the list who can go, in the order of the relying parties' rotation; they are woken
  // without the mutex.
  Waiters CallNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t heavy_taken_ ABSL_GUARDED_BY(mutex_) = 0;
  // In the order of arrival within a relying party.
  Waiters waiters_ ABSL_GUARDED_BY(mutex_);
  std::string last_called_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_HSM_TURNS_H_

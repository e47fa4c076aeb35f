// Who may go to the HSM next. A turn is taken before the assertion is spent, so that a call that
// would wait too long is refused while its assertion is still good.
//
// Fair: turns go round the relying parties that wait, not round their calls. Heavy calls (an RSA
// key, many documents) have a few turns of their own to share, so that light ones always find a
// session of the token free.
#ifndef ENKRAT_SIGNER_HSM_TURNS_H_
#define ENKRAT_SIGNER_HSM_TURNS_H_

#include <list>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"

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
  struct Waiter {
    std::string relying_party;
    bool heavy = false;
    bool called = false;  // has its turn
    CondVar changed;
  };
  void GiveBack(bool heavy) ABSL_LOCKS_EXCLUDED(mutex_);
  bool Free(bool heavy) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Calls who can go, in the order of the relying parties' rotation.
  void CallNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t heavy_taken_ ABSL_GUARDED_BY(mutex_) = 0;
  // In the order of arrival within a relying party.
  std::list<Waiter*> waiters_ ABSL_GUARDED_BY(mutex_);
  std::string last_called_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_HSM_TURNS_H_

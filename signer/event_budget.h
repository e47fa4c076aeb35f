// How much evidence an outsider may cause: whoever can send garbage would otherwise fill the disk
// with records of it.
#ifndef ENKRAT_SIGNER_EVENT_BUDGET_H_
#define ENKRAT_SIGNER_EVENT_BUDGET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "signer/token_bucket.h"

namespace enkrat::signer {

// Thread-safe.
class EventBudget {
 public:
  // A relying party's records: so many at once, then one a second. What is left out is counted in
  // the next record ("suppressed").
  static constexpr double kBurst = 20;
  static constexpr double kPerSecond = 1;

  // `clock` is not owned.
  explicit EventBudget(const Clock& clock) : clock_(clock) {}

  // Whether a record because of `relying_party` may be written: then how many were left out since
  // the last one; nullopt if it is to be left out.
  std::optional<int64_t> Take(const std::string& relying_party) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Budget {
    TokenBucket bucket;
    int64_t suppressed = 0;
  };

  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Budget> budgets_ ABSL_GUARDED_BY(mutex_);  // as many as relying parties
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_EVENT_BUDGET_H_

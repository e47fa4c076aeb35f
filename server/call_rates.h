// How often each relying party may call: so many calls at once, then so many a second.
#ifndef ENKRAT_SERVER_CALL_RATES_H_
#define ENKRAT_SERVER_CALL_RATES_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "signer/relying_party.h"
#include "signer/token_bucket.h"

namespace enkrat::server {

// Thread-safe. A bucket outlives changes of its relying party's limits.
class CallRates {
 public:
  // `clock` is not owned.
  explicit CallRates(const Clock& clock) : clock_(clock) {}

  // Counts one call. kRateLimited, with the time until there is room for one, over
  // RelyingParty::calls_per_second and burst; where there is no limit, nothing is counted.
  absl::Status Enter(const signer::RelyingParty& relying_party) ABSL_LOCKS_EXCLUDED(mutex_);

  // Forgets all others, so that there are never more buckets than relying parties.
  void KeepOnly(const std::set<std::string>& ids) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, signer::TokenBucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CALL_RATES_H_

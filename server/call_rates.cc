#include "server/call_rates.h"

#include <algorithm>
#include <optional>

#include "common/reason.h"

namespace enkrat::server {

absl::Status CallRates::Enter(const signer::RelyingParty& relying_party) {
  if (relying_party.calls_per_second == 0) return absl::OkStatus();
  std::optional<absl::Duration> wait;
  {
    MutexLock lock(mutex_);
    wait = buckets_[relying_party.id].Take(std::max(1U, relying_party.burst),
                                           relying_party.calls_per_second, clock_.SinceBoot());
  }
  if (!wait.has_value()) return absl::OkStatus();
  return WithRetryDelay(MakeError(Reason::kRateLimited, "too many calls a second"), *wait);
}

void CallRates::KeepOnly(const std::set<std::string>& ids) {
  MutexLock lock(mutex_);
  std::erase_if(buckets_, [&](const auto& bucket) { return ids.count(bucket.first) == 0; });
}

}  // namespace enkrat::server

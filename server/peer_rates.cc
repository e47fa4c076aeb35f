#include "server/peer_rates.h"

#include <algorithm>

#include "server/network_peer.h"

namespace enkrat::server {
namespace {

constexpr absl::Duration kForgetInterval = absl::Seconds(1);

}  // namespace

bool PeerRates::Admit(const std::string& address) {
  if (options_.per_second == 0) return true;
  const absl::Duration now = options_.clock->SinceBoot();
  std::string key = NetworkPeerOf(address);
  MutexLock lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= options_.most_peers) Forget(now);
    if (buckets_.size() >= options_.most_peers) return false;
    found = buckets_.emplace(std::move(key), Bucket{.tokens = most_tokens(), .at = now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = std::min(
      most_tokens(), bucket.tokens + absl::ToDoubleSeconds(now - bucket.at) * options_.per_second);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void PeerRates::Forget(absl::Duration now) {
  if (now - forgot_at_ < kForgetInterval) return;  // a full table is not searched for each newcomer
  forgot_at_ = now;
  for (auto each = buckets_.begin(); each != buckets_.end();) {
    const double tokens =
        each->second.tokens + absl::ToDoubleSeconds(now - each->second.at) * options_.per_second;
    each = tokens >= most_tokens() ? buckets_.erase(each) : std::next(each);
  }
}

size_t PeerRates::remembered() const {
  MutexLock lock(mutex_);
  return buckets_.size();
}

}  // namespace enkrat::server

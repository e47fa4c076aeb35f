// How often one network address may ask: a bucket of tokens for each, in a table of bounded size.
#ifndef ENKRAT_SERVER_PEER_RATES_H_
#define ENKRAT_SERVER_PEER_RATES_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace enkrat::server {

// Thread-safe.
class PeerRates {
 public:
  struct Options {
    uint32_t per_second = 0;        // 0: no limit
    size_t most_peers = 16 * 1024;  // that are remembered at once
    const Clock* clock = nullptr;   // not owned; required
  };
  explicit PeerRates(Options options) : options_(options) {}

  // Whether this address may ask now; twice per_second at once at most. Addresses of one
  // machine count as one (network_peer.h). While as many others are remembered as can be,
  // newcomers may not: whoever has so many addresses does not shut those out who were there.
  bool Admit(const std::string& address) ABSL_LOCKS_EXCLUDED(mutex_);

  size_t remembered() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Bucket {
    double tokens = 0;
    absl::Duration at;  // since boot
  };
  double most_tokens() const { return 2.0 * options_.per_second; }
  // Buckets that are full again are like none.
  void Forget(absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable Mutex mutex_;
  std::map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
  absl::Duration forgot_at_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_PEER_RATES_H_

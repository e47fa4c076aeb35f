// So many at once, then so many a second: the arithmetic of a budget that refills.
#ifndef ENKRAT_SIGNER_TOKEN_BUCKET_H_
#define ENKRAT_SIGNER_TOKEN_BUCKET_H_

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace enkrat::signer {

// A value; full at first. Not thread-safe.
class TokenBucket {
 public:
  // Takes one of `burst` tokens, of which `per_second` (> 0) come back. nullopt if there was one,
  // else how long it takes until there is. `now` is a clock's SinceBoot.
  std::optional<absl::Duration> Take(double burst, double per_second, absl::Duration now) {
    const double left = Left(burst, per_second, now);
    spent_ = burst - left;
    refilled_at_ = now;
    if (left < 1) return absl::Seconds((1 - left) / per_second);
    spent_ += 1;
    return std::nullopt;
  }

 private:
  double Left(double burst, double per_second, absl::Duration now) const {
    const double refilled = per_second * std::max(0.0, absl::ToDoubleSeconds(now - refilled_at_));
    return std::clamp(burst - spent_ + refilled, 0.0, burst);
  }

  double spent_ = 0;
  absl::Duration refilled_at_ = -absl::InfiniteDuration();
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_TOKEN_BUCKET_H_

// The own timestamping units with their keys, and which of them answers: by the policy that is
// asked for, and by the time (EN 319 421 7.6: a unit's key is changed before its period ends).
#ifndef ENKRAT_SIGNER_TIMESTAMP_UNITS_H_
#define ENKRAT_SIGNER_TIMESTAMP_UNITS_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/mutex.h"
#include "hsm/long_lived_key.h"
#include "tsa/timestamp_unit.h"

namespace enkrat::signer {

struct OwnUnit {
  std::unique_ptr<tsa::TimestampUnit> unit;
  hsm::LongLivedKey key;
};

// Thread-safe. Never empty.
class TimestampUnits {
 public:
  // Stays usable for as long as it is held, whatever is added meanwhile.
  using Handle = std::shared_ptr<const OwnUnit>;

  // The first one's policy is the default. At least one.
  explicit TimestampUnits(std::vector<Handle> units)
      : default_policy_(units.front()->unit->policy()), units_(std::move(units)) {}

  // Of the units of that policy (content octets of the OID; empty: the default) the newest whose
  // key period has begun and not ended, and which was not withdrawn. If there is none, one that
  // will say so; for a policy that is not offered, one of the default policy.
  Handle Choose(ByteSpan policy, absl::Time now) const ABSL_LOCKS_EXCLUDED(mutex_);

  // A unit that takes over as soon as its period begins. One with the same certificate is replaced.
  void Add(Handle unit) ABSL_LOCKS_EXCLUDED(mutex_);
  // Forgets those whose period has ended, as long as another of their policy is left.
  void DropEnded(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);

  std::vector<Handle> All() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const Bytes default_policy_;
  mutable Mutex mutex_;
  std::vector<Handle> units_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_TIMESTAMP_UNITS_H_

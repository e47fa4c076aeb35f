// One call of Validate: what all of its processes share, and the time that they have.
#ifndef ENKRAT_VALIDATION_RUN_H_
#define ENKRAT_VALIDATION_RUN_H_

#include <utility>

#include "absl/time/time.h"
#include "common/validation_data.h"
#include "validation/certificate_path.h"
#include "validation/validator.h"

namespace enkrat::validation {

// Not thread-safe.
class Run {
 public:
  struct Options {
    const TrustStore* trust = nullptr;     // not owned
    RevocationFetcher* fetcher = nullptr;  // not owned; may be null
    RevocationRule revocation = RevocationRule::kWholePath;
    ValidationLimits limits = {};
    absl::Time now;                        // as of when to judge
    absl::Time stop_at;                    // by the wall clock
    const ValidationData* more = nullptr;  // of the caller; not owned
  };
  explicit Run(const Options& options) : options_(options) {}

  absl::Time now() const { return options_.now; }
  const ValidationLimits& limits() const { return options_.limits; }
  const TrustStore& trust() const { return *options_.trust; }
  const ValidationData& more() const { return *options_.more; }
  bool OutOfTime() const { return absl::Now() >= options_.stop_at; }

  // ValidatePath with this run's trust and times; remembers what it used. `given` goes beside what
  // the caller gave.
  PathResult Path(ByteSpan certificate_der, PathPurpose purpose, const ValidationData& given,
                  const ProofOfExistence& poe);

  // What paths used since the last call.
  ValidationData TakeUsed() { return std::exchange(used_, {}); }

 private:
  const Options options_;
  ValidationData used_;
};

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_RUN_H_

// Judges one timestamp of any kind (EN 319 102-1 5.4; RFC 3161 2.4.2; EN 319 422).
#ifndef ENKRAT_VALIDATION_TIMESTAMP_PROCESS_H_
#define ENKRAT_VALIDATION_TIMESTAMP_PROCESS_H_

#include <functional>

#include "common/validation_data.h"
#include "validation/content_digests.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

struct TimestampRequest {
  ByteSpan token_der;
  TimestampReport::Kind kind = TimestampReport::Kind::kSignature;
  // What its message imprint is to be: one of these. An error is what is wrong with the data that
  // it is over, a failure of the timestamp.
  ContentDigests* stamped = nullptr;      // not owned; required
  const ValidationData* given = nullptr;  // besides what the token brings along; not owned
  // Since when those of `given` are known, not owned; null: nothing proves it of any.
  const ValidationDataProofs* given_known = nullptr;
  // When the token itself, with all that it brings along, is known to have existed: the run's
  // `now`, or earlier by another one.
  absl::Time known_since;
};

// Checks, in this order: timestamp, timestamp-imprint, timestamp-signature,
// timestamp-certificate, timestamp-algorithm, then those of the path with "timestamp-" in front.
// gen_time is worth nothing unless the conclusion is TOTAL_PASSED.
TimestampReport JudgeTimestamp(const TimestampRequest& request, Run& run);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_TIMESTAMP_PROCESS_H_

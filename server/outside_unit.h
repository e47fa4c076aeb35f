// One unit of an outside TSA: what its CAs said of it last, and when they are to be asked again.
#ifndef ENKRAT_SERVER_OUTSIDE_UNIT_H_
#define ENKRAT_SERVER_OUTSIDE_UNIT_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/log.h"
#include "validation/path_status.h"

namespace enkrat::server {

// Not thread-safe, but for the first two, which do not change: whoever has several sees to it.
struct OutsideUnit {
  using StatusPtr = std::shared_ptr<const validation::PathStatus>;

  Bytes certificate_der;
  std::vector<Bytes> certificates_der;  // of CAs that may be above it

  absl::Time seen;       // when it last stamped
  bool asking = false;   // somebody asks about it
  StatusPtr status;      // the last answer that was one: good or revoked; null without
  absl::Time taken_at;   // when that was asked for
  absl::Status failure;  // of the last question, if it came to nothing
  absl::Time failed_at = absl::InfinitePast();
  absl::Time due = absl::InfinitePast();  // when the background asks

  bool revoked() const;
  // Whether what is known may go into a signature that was stamped at `not_before`.
  bool Serves(absl::Time now, absl::Time not_before) const;
  // A failure of a moment ago, which stands for whoever asks; OK without.
  absl::Status RecentFailure(absl::Time now) const;
  // Takes what came of asking at `asked_at`, says in the log what is new, and sets `due`. An answer
  // stays when a later question comes to nothing.
  void Settle(validation::PathStatus found, absl::Time asked_at, absl::Time now,
              absl::Duration interval, Logger& logger);
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OUTSIDE_UNIT_H_

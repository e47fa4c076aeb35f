// How many sessions somebody began in a window of time, counted in the transaction that begins
// them: exact under concurrency, across restarts and crashes.
#ifndef ENKRAT_STORE_QUOTA_COUNTERS_H_
#define ENKRAT_STORE_QUOTA_COUNTERS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/records.h"
#include "store/sqlite_connection.h"

namespace enkrat::store {

// Counters are kept for this long after their window's start: longer than any window, and than a
// clock is stepped back.
inline constexpr absl::Duration kQuotaWindowKept = absl::Hours(48);

// Both inside a transaction that the caller owns; the quotas are within bounds.h.
//
// Whether each of `quotas` has room for one more session; a counter that is not there is 0.
absl::StatusOr<bool> QuotasHaveRoom(SqliteConnection& writer, const std::vector<Quota>& quotas);
// Adds one to each.
absl::Status CountInQuotas(SqliteConnection& writer, const std::vector<Quota>& quotas);

// At most `limit` counters of windows that began longer ago than kQuotaWindowKept; how many.
absl::StatusOr<size_t> DropSomeQuotaCounters(SqliteConnection& writer, absl::Time now,
                                             size_t limit);

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_QUOTA_COUNTERS_H_

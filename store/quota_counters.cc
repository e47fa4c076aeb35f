// How many sessions somebody began in a window of time.
#include "store/quota_counters.h"

#include "common/status_macros.h"

namespace enkrat::store {

absl::StatusOr<bool> QuotasHaveRoom(SqliteConnection& writer, const std::vector<Quota>& quotas) {
  for (const Quota& quota : quotas) {
    SqliteQuery query =
        writer.Query("SELECT amount FROM quota_counters WHERE quota_key = ? AND window_us = ?");
    query.Bind(ByteSpan(quota.key)).Bind(absl::ToUnixMicros(quota.window_start));
    ENKRAT_ASSIGN_OR_RETURN(const bool counted, query.Step());
    const int64_t amount = counted ? query.Integer(0) : 0;
    if (amount >= static_cast<int64_t>(quota.limit)) return false;
  }
  return true;
}

absl::Status CountInQuotas(SqliteConnection& writer, const std::vector<Quota>& quotas) {
  for (const Quota& quota : quotas) {
    ENKRAT_RETURN_IF_ERROR(
        writer
            .Query("INSERT INTO quota_counters (quota_key, window_us, amount) VALUES (?, ?, 1)"
                   " ON CONFLICT (quota_key, window_us) DO UPDATE SET amount = amount + 1")
            .Bind(ByteSpan(quota.key))
            .Bind(absl::ToUnixMicros(quota.window_start))
            .Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> DropSomeQuotaCounters(SqliteConnection& writer, absl::Time now,
                                             size_t limit) {
  ENKRAT_RETURN_IF_ERROR(writer
                             .Query("DELETE FROM quota_counters WHERE id IN (SELECT id FROM"
                                    " quota_counters WHERE window_us < ? LIMIT ?)")
                             .Bind(absl::ToUnixMicros(now - kQuotaWindowKept))
                             .Bind(static_cast<int64_t>(limit))
                             .Run());
  return static_cast<size_t>(writer.Changes());
}

}  // namespace enkrat::store

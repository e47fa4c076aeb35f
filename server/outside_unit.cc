#include "server/outside_unit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/reason.h"

namespace enkrat::server {
namespace {

using validation::PathStatus;

constexpr absl::Duration kFailureStands = absl::Seconds(5);
constexpr absl::Duration kRetry = absl::Seconds(30);
constexpr absl::Duration kLeastInterval = absl::Seconds(5);
// How long a statement without nextUpdate serves whoever had it fetched.
constexpr absl::Duration kJustTaken = absl::Minutes(1);

}  // namespace

bool OutsideUnit::revoked() const {
  return status != nullptr && status->verdict == PathStatus::Verdict::kRevoked;
}

bool OutsideUnit::Serves(absl::Time now, absl::Time not_before) const {
  if (status == nullptr || revoked()) return false;
  if (now < status->valid_until) return true;
  return not_before <= taken_at && taken_at <= status->valid_until && now < taken_at + kJustTaken;
}

absl::Status OutsideUnit::RecentFailure(absl::Time now) const {
  return now < failed_at + kFailureStands ? failure : absl::OkStatus();
}

void OutsideUnit::Settle(PathStatus found, absl::Time asked_at, absl::Time now,
                         absl::Duration interval, Logger& logger) {
  if (found.verdict == PathStatus::Verdict::kUnknown) {
    if (failure.ok()) {
      logger.Warning("the revocation status of the outside TSA's unit is not to be had",
                     {{"why", found.why}});
    }
    failure = MakeError(Reason::kValidationDataUnavailable,
                        absl::StrCat("the status of the outside TSA's unit: ", found.why));
    failed_at = now;
    due = now + std::min(kRetry, interval);
    return;
  }
  const bool good = found.verdict == PathStatus::Verdict::kGood;
  if (!good && !revoked()) {
    logger.Error("ALARM: the outside TSA's unit was revoked", {{"why", found.why}});
  }
  if (good && (!failure.ok() || revoked())) {
    logger.Info("the outside TSA's unit is in order again", {});
  }
  // Before it ends, or when it is old.
  absl::Duration wait = interval;
  if (good && found.valid_until > now) wait = std::min(wait, (found.valid_until - now) / 2);
  due = now + std::max(wait, std::min(kLeastInterval, interval));
  failure = absl::OkStatus();
  taken_at = asked_at;
  status = std::make_shared<const PathStatus>(std::move(found));
}

}  // namespace enkrat::server

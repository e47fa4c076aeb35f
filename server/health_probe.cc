#include "server/health_probe.h"

#include "common/reason.h"

namespace enkrat::server {
namespace {

bool IsBusy(const absl::Status& status) {
  return !status.ok() &&
         (ReasonOf(status) == Reason::kOverloaded || ReasonOf(status) == Reason::kDeadlineTooShort);
}

}  // namespace

void HealthProbe::Ask() {
  absl::Status status = options_.check();
  const absl::Duration now = options_.clock->SinceBoot();
  MutexLock lock(mutex_);
  if (!IsBusy(status) || completed_ == absl::ZeroDuration()) last_free_ = now;
  last_ = std::move(status);
  completed_ = now;
}

absl::Status HealthProbe::Verdict() const {
  const absl::Duration now = options_.clock->SinceBoot();
  MutexLock lock(mutex_);
  if (now - completed_ > 3 * options_.interval) {
    return MakeError(Reason::kInternal, "its check does not come back");
  }
  if (IsBusy(last_) && now - last_free_ <= options_.longest_busy) return absl::OkStatus();
  return last_;
}

}  // namespace enkrat::server

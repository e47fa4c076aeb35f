#include "idp_client/kept_copy.h"

#include <algorithm>
#include <chrono>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::idp_client {
namespace {

// Less where the old copy would do, so that a provider that hangs does not hold up every signature
// of an interval.
constexpr absl::Duration kFetchTimeout = absl::Seconds(6);
constexpr absl::Duration kFetchTimeoutWithOldCopy = absl::Seconds(3);
// For one caller, whether it waits for another's fetch or makes its own. Callers hold a thread of
// the service while they wait, so there are not many of them.
constexpr absl::Duration kLongestWait = kFetchTimeout;
constexpr int kMostWaiting = 16;
// What a caller is told who comes while a fetch runs: by then it has probably ended.
constexpr absl::Duration kRetryWhileFetching = absl::Seconds(2);

}  // namespace

absl::Status KeptCopyPolicy::Prime() {
  MutexLock lock(mutex_);
  return Refresh(kFetchTimeout);
}

void KeptCopyPolicy::KeepFresh() {
  MutexLock lock(mutex_);
  if (fetching_ || !MayFetch() || (Usable(nullptr) != nullptr && IsFresh())) return;
  Refresh(kFetchTimeout).IgnoreError();  // logged; the next caller is told
}

absl::StatusOr<std::shared_ptr<const void>> KeptCopyPolicy::Get(const CopyDemand& demand) {
  MutexLock lock(mutex_);
  const absl::Duration until =
      options_.clock->SinceBoot() + std::min(demand.deadline - options_.clock->Now(), kLongestWait);
  for (;;) {
    std::shared_ptr<const void> copy = Usable(demand.seen);
    if (copy != nullptr && (IsFresh() || fetching_ || !MayFetch())) return copy;
    const absl::Duration left = until - options_.clock->SinceBoot();
    if (fetching_) {
      ENKRAT_RETURN_IF_ERROR(WaitForRefresh(left));
      continue;
    }
    if (!MayFetch()) {
      const bool asked_since = !last_attempt_failed_ && fetched_at_ >= demand.arrived_at;
      if (demand.seen != nullptr && copy_.value.get() == demand.seen && asked_since) return nullptr;
      return Away();
    }
    if (left <= absl::ZeroDuration()) {
      if (copy != nullptr) return copy;
      return MakeError(Reason::kIdpKeysUnavailable, "no time left to ask the provider");
    }
    const absl::Duration timeout = copy != nullptr ? kFetchTimeoutWithOldCopy : kFetchTimeout;
    Refresh(std::min(left, timeout)).IgnoreError();  // Away tells, if it matters
    copy = Usable(demand.seen);
    if (copy != nullptr) return copy;
    return Away();
  }
}

std::shared_ptr<const void> KeptCopyPolicy::Usable(const void* seen) const {
  if (copy_.value == nullptr || copy_.value.get() == seen) return nullptr;
  if (options_.clock->SinceBoot() - fetched_at_ > options_.max_age) return nullptr;
  if (options_.clock->Now() >= copy_.valid_until) return nullptr;
  return copy_.value;
}

bool KeptCopyPolicy::IsFresh() const {
  return options_.clock->SinceBoot() - fetched_at_ <
         std::min(options_.refresh_after, copy_.fresh_for);
}

bool KeptCopyPolicy::MayFetch() const {
  return !last_attempt_.has_value() ||
         options_.clock->SinceBoot() - *last_attempt_ >= options_.min_refresh_interval;
}

absl::Status KeptCopyPolicy::Away() const {
  const absl::Duration next =
      last_attempt_.value_or(absl::ZeroDuration()) + options_.min_refresh_interval;
  return WithRetryDelay(
      MakeError(Reason::kIdpKeysUnavailable, "what the provider publishes could not be fetched"),
      std::max(next - options_.clock->SinceBoot(), absl::Seconds(1)));
}

absl::Status KeptCopyPolicy::Refresh(absl::Duration timeout) {
  const absl::Duration started_at = options_.clock->SinceBoot();
  fetching_ = true;
  mutex_.Unlock();
  absl::StatusOr<Copy> fetched = source_(timeout);
  mutex_.Lock();
  fetching_ = false;
  last_attempt_ = options_.clock->SinceBoot();
  last_attempt_failed_ = !fetched.ok();
  if (fetched.ok()) {
    copy_ = *std::move(fetched);
    fetched_at_ = started_at;
  } else if (options_.logger != nullptr) {
    options_.logger->Warning(
        "what an identity provider publishes could not be fetched",
        {{"issuer", options_.provider}, {"error", std::string(fetched.status().message())}});
  }
  refreshed_.notify_all();
  return fetched.status();
}

absl::Status KeptCopyPolicy::WaitForRefresh(absl::Duration left) {
  const auto refuse = [](absl::string_view why) {
    return WithRetryDelay(MakeError(Reason::kIdpKeysUnavailable, why), kRetryWhileFetching);
  };
  if (waiting_ >= kMostWaiting) return refuse("enough callers wait for the provider");
  ++waiting_;
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(left);
  bool in_time = true;
  while (fetching_ && in_time) {
    in_time = refreshed_.wait_until(mutex_, until) != std::cv_status::timeout;
  }
  --waiting_;
  return fetching_ ? refuse("no time left to wait for the provider") : absl::OkStatus();
}

}  // namespace enkrat::idp_client

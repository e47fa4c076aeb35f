#include "idp_client/issuer_keys.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::idp_client {
namespace {

// For both requests of a fetch together; less where old keys would do, so that a provider that
// hangs does not hold up every signature of an interval.
constexpr absl::Duration kFetchTimeout = absl::Seconds(6);
constexpr absl::Duration kFetchTimeoutWithOldKeys = absl::Seconds(3);
// For one caller, whether it waits for another's fetch or makes its own. Callers hold a thread of
// the service while they wait, so there are not many of them: a burst of logins after a start fits,
// a provider that hangs does not hold up the others.
constexpr absl::Duration kLongestWait = kFetchTimeout;
constexpr int kMostWaiting = 16;
// What a caller is told who comes while a fetch runs: by then it has probably ended.
constexpr absl::Duration kRetryWhileFetching = absl::Seconds(2);

}  // namespace

absl::Status IssuerKeys::Prime() {
  MutexLock lock(mutex_);
  ENKRAT_RETURN_IF_ERROR(Refresh(kFetchTimeout));
  if (keys_->size() == 0) return MakeError(Reason::kIdpKeysUnavailable, "no key can be used");
  return absl::OkStatus();
}

void IssuerKeys::KeepFresh() {
  MutexLock lock(mutex_);
  if (fetching_ || !MayFetch() || (keys_ != nullptr && IsFresh())) return;
  Refresh(kFetchTimeout).IgnoreError();  // logged; the next caller is told
}

absl::StatusOr<VerificationKey> IssuerKeys::Find(const SignatureAlgorithm& algorithm,
                                                 absl::string_view kid, absl::Time deadline) {
  MutexLock lock(mutex_);
  const absl::Duration arrived_at = options_.clock->SinceBoot();
  const absl::Duration until =
      arrived_at + std::min(deadline - options_.clock->Now(), kLongestWait);
  for (;;) {
    const std::optional<VerificationKey> key = KnownKey(algorithm, kid);
    if (key.has_value() && (IsFresh() || fetching_ || !MayFetch())) return *key;
    const absl::Duration left = until - options_.clock->SinceBoot();
    if (fetching_) {
      ENKRAT_RETURN_IF_ERROR(WaitForRefresh(left));
      continue;
    }
    if (!MayFetch()) return NoKey(arrived_at);
    if (left <= absl::ZeroDuration()) {
      if (key.has_value()) return *key;
      return MakeError(Reason::kIdpKeysUnavailable, "no time left to fetch the keys");
    }
    // A failure is told by NoKey, if it matters.
    Refresh(std::min(left, key.has_value() ? kFetchTimeoutWithOldKeys : kFetchTimeout))
        .IgnoreError();
    const std::optional<VerificationKey> after = KnownKey(algorithm, kid);
    if (after.has_value()) return *after;
    return NoKey(arrived_at);
  }
}

std::optional<VerificationKey> IssuerKeys::KnownKey(const SignatureAlgorithm& algorithm,
                                                    absl::string_view kid) const {
  if (keys_ == nullptr) return std::nullopt;
  if (options_.clock->SinceBoot() - fetched_at_ > options_.max_key_age) return std::nullopt;
  const VerificationKey* key = keys_->Find(algorithm, kid);
  return key != nullptr ? std::make_optional(*key) : std::nullopt;
}

bool IssuerKeys::IsFresh() const {
  return options_.clock->SinceBoot() - fetched_at_ < options_.refresh_after;
}

bool IssuerKeys::MayFetch() const {
  return !last_attempt_.has_value() ||
         options_.clock->SinceBoot() - *last_attempt_ >= options_.min_refresh_interval;
}

absl::Status IssuerKeys::NoKey(absl::Duration arrived_at) const {
  if (keys_ != nullptr && !last_attempt_failed_ && fetched_at_ >= arrived_at) {
    return MakeError(Reason::kAssertionRejected, "the provider has no key for this kid and alg");
  }
  const absl::Duration next =
      last_attempt_.value_or(absl::ZeroDuration()) + options_.min_refresh_interval;
  return WithRetryDelay(
      MakeError(Reason::kIdpKeysUnavailable, "the provider's keys of this moment are not known"),
      std::max(next - options_.clock->SinceBoot(), absl::Seconds(1)));
}

absl::Status IssuerKeys::Refresh(absl::Duration timeout) {
  const absl::Duration started_at = options_.clock->SinceBoot();
  fetching_ = true;
  mutex_.Unlock();
  absl::StatusOr<KeySet> fetched = options_.source->Fetch(timeout);
  mutex_.Lock();
  fetching_ = false;
  last_attempt_ = options_.clock->SinceBoot();
  last_attempt_failed_ = !fetched.ok();
  if (fetched.ok()) {
    keys_ = std::make_shared<const KeySet>(*std::move(fetched));
    fetched_at_ = started_at;
  } else if (options_.logger != nullptr) {
    options_.logger->Warning(
        "keys of an identity provider could not be fetched",
        {{"issuer", options_.issuer}, {"error", std::string(fetched.status().message())}});
  }
  refreshed_.notify_all();
  return fetched.status();
}

absl::Status IssuerKeys::WaitForRefresh(absl::Duration left) {
  const auto refuse = [](absl::string_view why) {
    return WithRetryDelay(MakeError(Reason::kIdpKeysUnavailable, why), kRetryWhileFetching);
  };
  if (waiting_ >= kMostWaiting) return refuse("enough callers wait for the provider's keys");
  ++waiting_;
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(left);
  bool in_time = true;
  while (fetching_ && in_time) {
    in_time = refreshed_.wait_until(mutex_, until) != std::cv_status::timeout;
  }
  --waiting_;
  return fetching_ ? refuse("no time left to wait for the keys") : absl::OkStatus();
}

}  // namespace enkrat::idp_client

// The keys of one issuer, kept and renewed: the answer to "which key signed this token?".
#ifndef ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_
#define ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "idp_client/key_set.h"
#include "idp_client/key_source.h"

namespace enkrat::idp_client {

// Thread-safe. At most one fetch runs at a time; others wait for it only if they have no key
// without it, and two of them at most: a provider that hangs holds three threads for six seconds,
// not all of them. Fetches are apart by at least min_refresh_interval, also failed ones, whatever
// outsiders send: an unknown kid costs the provider one request per interval.
class IssuerKeys {
 public:
  struct Options {
    std::string issuer;  // for the log
    std::unique_ptr<KeySource> source;
    absl::Duration min_refresh_interval = absl::Seconds(10);
    absl::Duration refresh_after = absl::Hours(1);
    absl::Duration max_key_age = absl::Hours(24);
    const Clock* clock = nullptr;  // not owned
    Logger* logger = nullptr;      // not owned; optional
  };
  explicit IssuerKeys(Options options) : options_(std::move(options)) {}

  // Fetches now; the error of the source if that fails, kIdpKeysUnavailable if no key is of use.
  // For start-up.
  absl::Status Prime();

  // Fetches if it is time to, and nobody does: called now and then, it spares callers the wait.
  void KeepFresh();

  // The key for a token's header. kAssertionRejected: the provider, asked after the token came, has
  // no such key. kIdpKeysUnavailable: its keys, or newer ones, could not be had until `deadline`,
  // within 6 s, because enough callers wait already or because it was asked a moment before, and
  // may have changed its keys since; with the time after which asking again makes sense.
  absl::StatusOr<VerificationKey> Find(const SignatureAlgorithm& algorithm, absl::string_view kid,
                                       absl::Time deadline);

 private:
  // What there is without asking anybody.
  std::optional<VerificationKey> KnownKey(const SignatureAlgorithm& algorithm,
                                          absl::string_view kid) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayFetch() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsFresh() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets the mutex go while the source works.
  absl::Status Refresh(absl::Duration timeout) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // OK once the fetch that runs has ended; kIdpKeysUnavailable if that takes longer than `left` or
  // too many wait already.
  absl::Status WaitForRefresh(absl::Duration left) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // For a token that came at this time since boot.
  absl::Status NoKey(absl::Duration arrived_at) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  Mutex mutex_;
  CondVar refreshed_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  // Both since boot, which nobody can step: when the fetch of keys_ began, when the last one ended.
  absl::Duration fetched_at_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Duration> last_attempt_ ABSL_GUARDED_BY(mutex_);
  bool last_attempt_failed_ ABSL_GUARDED_BY(mutex_) = false;
  bool fetching_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // for the fetch that runs
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_

// Something of a provider's, kept and renewed: used while it is good, asked for again when it is
// old, still used while the provider is down.
#ifndef ENKRAT_IDP_CLIENT_KEPT_COPY_H_
#define ENKRAT_IDP_CLIENT_KEPT_COPY_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"

namespace enkrat::idp_client {

// A copy as its source hands it over.
template <typename T>
struct FetchedCopy {
  std::shared_ptr<const T> value;                       // never null
  absl::Time valid_until = absl::InfiniteFuture();      // must not be used from then on
  absl::Duration fresh_for = absl::InfiniteDuration();  // how soon the provider wants it renewed
};

// What somebody needs a copy for.
struct CopyDemand {
  absl::Duration arrived_at;  // since boot: when the message came that is held against the copy
  absl::Time deadline = absl::InfiniteFuture();
  const void* seen = nullptr;  // a copy that would not do
};

struct KeptCopyOptions {
  std::string provider;  // for the log
  // Fetches, also failed ones, are apart by at least this, whatever outsiders send.
  absl::Duration min_refresh_interval = absl::Seconds(10);
  absl::Duration refresh_after = absl::Hours(1);
  absl::Duration max_age = absl::Hours(24);  // an older copy is not used even if there is no other
  const Clock* clock = nullptr;              // not owned
  Logger* logger = nullptr;                  // not owned; optional
};

// The policy, for any kind of copy. Thread-safe. At most one fetch runs at a time; others wait for
// it only if they cannot do without, and 16 of them at most: a provider that hangs does not hold
// all threads of the service.
class KeptCopyPolicy {
 public:
  using Copy = FetchedCopy<void>;
  using Source = std::function<absl::StatusOr<Copy>(absl::Duration timeout)>;
  KeptCopyPolicy(KeptCopyOptions options, Source source)
      : options_(std::move(options)), source_(std::move(source)) {}

  // See KeptCopy.
  absl::Status Prime();
  void KeepFresh();
  absl::StatusOr<std::shared_ptr<const void>> Get(const CopyDemand& demand);

 private:
  // The copy that may be used without asking anybody, if it is not `seen`; or nullptr.
  std::shared_ptr<const void> Usable(const void* seen) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayFetch() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsFresh() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets the mutex go while the source works.
  absl::Status Refresh(absl::Duration timeout) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WaitForRefresh(absl::Duration left) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Away() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const KeptCopyOptions options_;
  const Source source_;
  Mutex mutex_;
  CondVar refreshed_;
  Copy copy_ ABSL_GUARDED_BY(mutex_);  // value is null before the first fetch
  // Both since boot, which nobody can step: when the fetch of copy_ began, when the last one ended.
  absl::Duration fetched_at_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Duration> last_attempt_ ABSL_GUARDED_BY(mutex_);
  bool last_attempt_failed_ ABSL_GUARDED_BY(mutex_) = false;
  bool fetching_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // for the fetch that runs
};

// Thread-safe.
template <typename T>
class KeptCopy {
 public:
  // Called by one thread at a time. Any error: the copy could not be had.
  using Source = std::function<absl::StatusOr<FetchedCopy<T>>(absl::Duration timeout)>;
  KeptCopy(KeptCopyOptions options, Source source)
      : policy_(std::move(options),
                [source = std::move(source)](
                    absl::Duration timeout) -> absl::StatusOr<FetchedCopy<void>> {
                  absl::StatusOr<FetchedCopy<T>> copy = source(timeout);
                  if (!copy.ok()) return copy.status();
                  return FetchedCopy<void>{copy->value, copy->valid_until, copy->fresh_for};
                }) {}

  // Fetches now; the error of the source if that fails. For start-up.
  absl::Status Prime() { return policy_.Prime(); }
  // Fetches if it is time to, and nobody does: called now and then, it spares callers the wait.
  void KeepFresh() { policy_.KeepFresh(); }
  // A copy that may be used now, another one than `seen`. nullptr: `seen` is what the provider
  // said after the message came. kIdpKeysUnavailable: a copy, or a newer one, could not be had
  // until `deadline`, within 6 s, because enough callers wait already or because the provider was
  // asked a moment before the message came; with the time after which asking again makes sense.
  absl::StatusOr<std::shared_ptr<const T>> Get(const CopyDemand& demand) {
    absl::StatusOr<std::shared_ptr<const void>> copy = policy_.Get(demand);
    if (!copy.ok()) return copy.status();
    return std::static_pointer_cast<const T>(*std::move(copy));
  }

 private:
  KeptCopyPolicy policy_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_KEPT_COPY_H_

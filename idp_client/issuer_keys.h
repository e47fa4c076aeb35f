// The keys of one issuer, kept and renewed: the answer to "which key signed this token?".
#ifndef ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_
#define ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "idp_client/kept_copy.h"
#include "idp_client/key_set.h"
#include "idp_client/key_source.h"

namespace enkrat::idp_client {

// Thread-safe. Kept and renewed by the policy of kept_copy.h: an unknown kid costs the provider one
// request per interval, whatever outsiders send.
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
  explicit IssuerKeys(Options options);

  // Fetches now; the error of the source if that fails, kIdpKeysUnavailable if no key is of use.
  // For start-up.
  absl::Status Prime();

  // Fetches if it is time to, and nobody does: called now and then, it spares callers the wait.
  void KeepFresh() { keys_.KeepFresh(); }

  // The key for a token's header. kAssertionRejected: the provider, asked after the token came, has
  // no such key. kIdpKeysUnavailable: its keys, or newer ones, could not be had until `deadline`,
  // within 6 s, because enough callers wait already or because it was asked a moment before, and
  // may have changed its keys since; with the time after which asking again makes sense.
  absl::StatusOr<VerificationKey> Find(const SignatureAlgorithm& algorithm, absl::string_view kid,
                                       absl::Time deadline);

 private:
  const Clock* const clock_;
  const std::shared_ptr<KeySource> source_;
  KeptCopy<KeySet> keys_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_ISSUER_KEYS_H_

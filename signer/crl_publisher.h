// The CRL of one of our CAs: always there, on schedule, and new within a moment of a revocation.
//
// A number is used once, and numbers only rise, across restarts and crashes (RFC 5280 5.2.3): a new
// CRL is in its file, synced and renamed into place, before anybody can fetch it, and its number is
// above the file's and not below the seconds of the clock, so that even a lost file does not bring
// an old number back. What was given out once is never followed by something older.
#ifndef ENKRAT_SIGNER_CRL_PUBLISHER_H_
#define ENKRAT_SIGNER_CRL_PUBLISHER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/status_issuer.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "signer/key_lender.h"
#include "signer/published_crl.h"
#include "signer/revocation_status.h"

namespace enkrat::signer {

// Thread-safe.
class CrlPublisher {
 public:
  struct Options {
    ca::StatusIssuer issuer;
    KeyLender* key = nullptr;                        // of the issuer; not owned
    RevocationStatus* status = nullptr;              // not owned
    std::string file;                                // DER of the last one; its folder exists
    absl::Duration interval = absl::Hours(1);        // from one to the next
    absl::Duration lifetime = absl::Hours(24);       // thisUpdate to nextUpdate
    absl::Duration signing_time = absl::Seconds(5);  // to get the key
    const Clock* clock = nullptr;                    // not owned
    Logger* logger = nullptr;                        // not owned
    // Makes the file whole or leaves it as it was; empty: common/file.h. For tests.
    std::function<absl::Status(const std::string& path, ByteSpan content)> write = {};
  };

  // Takes up the file's CRL. One that is not of this issuer is left out with an error in the log.
  static absl::StatusOr<std::unique_ptr<CrlPublisher>> Create(Options options);

  // Publishes a new one if that is due: none yet, the interval is over, or the register says other
  // than the last one. After a failure nothing is tried for a second. OK if the last one is as it
  // should be; the key's, the register's and the disk's errors: it is then still served. One at a
  // time: whoever comes meanwhile gets the last verdict.
  absl::Status Keep() ABSL_LOCKS_EXCLUDED(mutex_);

  // The last one; null before the first.
  PublishedCrlPtr current() const ABSL_LOCKS_EXCLUDED(mutex_);
  const ca::StatusIssuer& issuer() const { return options_.issuer; }
  // Of the last Keep that tried.
  absl::Status verdict() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  explicit CrlPublisher(Options options) : options_(std::move(options)) {}

  void TakeUpFile();
  bool Due(const RevocationSnapshot& snapshot) const;
  absl::Status KeepAlone() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status Publish(const RevocationSnapshot& snapshot) ABSL_LOCKS_EXCLUDED(mutex_);
  ca::CrlContent NextContent(const RevocationSnapshot& snapshot) const;
  void LogChange(const absl::Status& before, const absl::Status& now);

  const Options options_;
  mutable Mutex mutex_;
  bool making_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration not_again_before_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  PublishedCrlPtr current_ ABSL_GUARDED_BY(mutex_);
  absl::Status verdict_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_CRL_PUBLISHER_H_

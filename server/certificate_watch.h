// Whether the certificates that the service signs with may still be used, by the certificate
// register (signer/certificate_register.h).
#ifndef ENKRAT_SERVER_CERTIFICATE_WATCH_H_
#define ENKRAT_SERVER_CERTIFICATE_WATCH_H_

#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "server/periodic_task.h"
#include "signer/certificate_register_reader.h"
#include "store/ledger.h"

namespace enkrat::server {

// OK unless a certificate of the chain was revoked: kCertificateStateForbids, saying which, when
// and why; the register's errors. For --check-config and the watch.
absl::Status CheckNotRevoked(signer::CertificateRegisterReader& registered,
                             const std::vector<Bytes>& chain_der);

// A timestamping unit that serves until its chain is revoked.
struct WatchedUnit {
  std::vector<Bytes> chain_der;         // the unit's certificate first
  std::function<void()> withdraw = {};  // optional; called at each look from then on
};

// Thread-safe. A verdict is never taken back: what has been revoked, or whose register can no
// longer be read, is not used again by this process.
class CertificateWatch {
 public:
  struct Options {
    signer::CertificateRegisterReader* registered = nullptr;  // not owned; required
    std::vector<Bytes> issuing_chain;                         // issuing CA first
    // The own units as they are now; none with an outside TSA.
    std::function<std::vector<WatchedUnit>()> units = {};
    store::Ledger* ledger = nullptr;  // for the evidence; optional
    Logger* logger = nullptr;
    const Clock* clock = nullptr;
  };

  // How soon a revocation is noticed.
  static constexpr absl::Duration kInterval = absl::Milliseconds(250);

  explicit CertificateWatch(Options options) : options_(std::move(options)) {}
  CertificateWatch(const CertificateWatch&) = delete;
  CertificateWatch& operator=(const CertificateWatch&) = delete;

  // Reads the register now.
  void Look() ABSL_LOCKS_EXCLUDED(mutex_);
  // Looks again and again, until the watch ends.
  void Start();

  // OK, or kCertificateStateForbids.
  absl::Status Issuing() const ABSL_LOCKS_EXCLUDED(mutex_);
  // OK as long as one of the units was not revoked, or kTimestampUnavailable; OK with an outside
  // TSA.
  absl::Status Timestamping() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void LookAtIssuing() ABSL_LOCKS_EXCLUDED(mutex_);
  void LookAtUnits() ABSL_LOCKS_EXCLUDED(mutex_);
  void Record(absl::string_view what, const absl::Status& why);

  const Options options_;
  mutable Mutex mutex_;
  absl::Status issuing_ ABSL_GUARDED_BY(mutex_);
  absl::Status timestamping_ ABSL_GUARDED_BY(mutex_);
  std::set<Bytes> withdrawn_ ABSL_GUARDED_BY(mutex_);  // certificates of units
  std::unique_ptr<PeriodicTask> task_;                 // last: it stops first
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_CERTIFICATE_WATCH_H_

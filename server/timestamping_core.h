// What timestamps are made with behind the listeners: the own units, their keys in the HSM and the
// clock that they rely on; or somebody else's TSA.
#ifndef ENKRAT_SERVER_TIMESTAMPING_CORE_H_
#define ENKRAT_SERVER_TIMESTAMPING_CORE_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "hsm/session_pool.h"
#include "server/certificate_watch.h"
#include "server/clock_watch.h"
#include "server/metrics.h"
#include "server/outside_tsa.h"
#include "server/periodic_task.h"
#include "server/settings.h"
#include "server/timestamping_settings.h"
#include "server/unit_notices.h"
#include "signer/certificate_register_reader.h"
#include "signer/local_timestamper.h"
#include "signer/timestamp_units.h"
#include "store/ledger.h"
#include "tsa/clock_guard.h"
#include "tsa/ntp_poll.h"

namespace enkrat::server {

// Made once. Thread-safe.
class TimestampingCore {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const Config* config = nullptr;
    hsm::SessionPool* hsm = nullptr;
    signer::CertificateRegisterReader* registered = nullptr;
    HttpFetcher* fetcher = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
    Metrics* metrics = nullptr;
  };
  // kConfigurationInvalid, naming the file; kNotFound for a key. A unit that cannot be used is left
  // out, as long as another of its policy is there. One whose period has ended is loaded all the
  // same: nothing is stamped until it has been renewed. Waits for the moment that a process that
  // was cut off may have issued timestamps for; one that lies further ahead is for the operator:
  // nothing is issued until then (docs/tsa.md).
  static absl::StatusOr<std::unique_ptr<TimestampingCore>> Create(const Parts& parts);
  // Nothing may ask for timestamps any more.
  ~TimestampingCore();

  tsa::Timestamper& timestamper() {
    return outside_ == nullptr ? *timestamper_ : outside_->timestamper();
  }
  // Null with our own units.
  OutsideUnits* outside_units() { return outside_ == nullptr ? nullptr : &outside_->units(); }
  // All null with an outside TSA.
  signer::LocalTimestamper* own() { return own_; }
  const signer::TimestampUnits* units() const { return units_.get(); }

  // OK if a timestamp could be made now, as far as clock and units are concerned; the reason
  // otherwise. With an outside TSA: unless its last unit was revoked.
  absl::Status Available() const;
  // Of the unit that answers now, its certificate first; empty with an outside TSA.
  std::vector<Bytes> Chain() const;
  // For CertificateWatch.
  std::vector<WatchedUnit> Watched() const;

  // From now on the clock is watched, new units are taken up, and what happens is recorded; or the
  // status of an outside TSA's units is kept fresh. `added`
  // is told the chain of a new unit, on another thread, before the unit answers.
  using Added = std::function<absl::Status(const std::vector<Bytes>& chain_der)>;
  void Start(store::Ledger* ledger, Added added);

 private:
  explicit TimestampingCore(const Parts& parts) : parts_(parts) {}

  absl::Status OpenClock();
  absl::Status OpenUnits();
  absl::StatusOr<signer::TimestampUnits::Handle> MakeUnit(const UnitSettings& settings) const;
  void AwaitMark();
  void AddGauges();
  // Files that have changed are read again: `enkrat certificates renew` put a new unit there.
  void TakeUp();

  const Parts parts_;
  std::unique_ptr<tsa::NtpPoll> ntp_;
  std::unique_ptr<tsa::ClockGuard> guard_;
  std::unique_ptr<signer::TimestampUnits> units_;
  std::unique_ptr<OutsideTsa> outside_;            // null with our own units
  std::unique_ptr<tsa::Timestamper> timestamper_;  // of our own
  signer::LocalTimestamper* own_ = nullptr;        // timestamper_, if it is our own
  Added added_;
  // Of the task's thread.
  struct Loaded {
    UnitSettings settings;
    std::vector<Bytes> held;          // what its file held when it was taken up
    std::vector<Bytes> refused = {};  // what could not be used yet: told once, tried again
  };
  std::vector<Loaded> loaded_;
  std::unique_ptr<UnitNotices> notices_;
  std::unique_ptr<ClockWatch> watch_;
  std::unique_ptr<PeriodicTask> units_task_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_TIMESTAMPING_CORE_H_

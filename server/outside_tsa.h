// The TSA that somebody else runs, with what is known of its units.
#ifndef ENKRAT_SERVER_OUTSIDE_TSA_H_
#define ENKRAT_SERVER_OUTSIDE_TSA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/http_fetcher.h"
#include "common/log.h"
#include "enkrat/config/v1/config.pb.h"
#include "server/metrics.h"
#include "server/outside_units.h"
#include "server/periodic_task.h"
#include "tsa/timestamper.h"

namespace enkrat::server {

// Thread-safe.
class OutsideTsa {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const config::v1::OutsideTsa* config = nullptr;
    HttpFetcher* fetcher = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;
    Metrics* metrics = nullptr;  // optional
  };
  // kConfigurationInvalid, naming the file or the value.
  static absl::StatusOr<std::unique_ptr<OutsideTsa>> Create(const Parts& parts);
  // Nothing may ask for timestamps any more.
  ~OutsideTsa();

  // Of which no timestamp of a revoked unit comes.
  tsa::Timestamper& timestamper() { return *watched_; }
  OutsideUnits& units() { return *units_; }
  const OutsideUnits& units() const { return *units_; }

  // From now on the status of its units is kept fresh.
  void Start();

 private:
  OutsideTsa() = default;

  std::unique_ptr<OutsideUnits> units_;
  std::unique_ptr<tsa::Timestamper> tsa_;      // asks units_ for missing issuers
  std::unique_ptr<tsa::Timestamper> watched_;  // over both
  std::unique_ptr<PeriodicTask> task_;         // last: it stops first
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_OUTSIDE_TSA_H_

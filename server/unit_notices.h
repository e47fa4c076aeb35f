// What is said of the own timestamping units: which one answers, whose key ends soon with nothing
// to take over, and that there is none left.
#ifndef ENKRAT_SERVER_UNIT_NOTICES_H_
#define ENKRAT_SERVER_UNIT_NOTICES_H_

#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "signer/timestamp_units.h"
#include "store/ledger.h"

namespace enkrat::server {

// Not thread-safe: one thread looks.
class UnitNotices {
 public:
  // Nothing is owned; all outlive it.
  struct Parts {
    const signer::TimestampUnits* units = nullptr;
    store::Ledger* ledger = nullptr;  // for the evidence; optional
    Logger* logger = nullptr;
    const Clock* clock = nullptr;
  };
  explicit UnitNotices(const Parts& parts) : parts_(parts) {}

  // To be called every second or so. A change of who answers is recorded once; an end is warned of
  // from 30 days before it, and is an ALARM from then on, both with the command that mends it: at
  // once, and then every day.
  void Look();
  // A unit was taken up.
  void Added(const signer::OwnUnit& own) { Record("timestamping-unit-added", own); }

 private:
  struct Told {
    absl::Time at = absl::InfinitePast();
    bool over = false;
  };
  void SayWhoAnswers(absl::Time now);
  void SayWhatEnds(const signer::OwnUnit& own, absl::Time now);
  bool EndsWithoutHeir(const signer::OwnUnit& own, absl::Time now) const;
  // The life cycle of the units' keys is kept (EN 319 421 OVR-7.12-02, -03).
  void Record(const std::string& step, const signer::OwnUnit& own);

  const Parts parts_;
  signer::TimestampUnits::Handle answering_;
  std::map<Bytes, Told> told_;  // by certificate
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_UNIT_NOTICES_H_

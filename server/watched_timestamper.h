// An outside TSA's timestamps as the service uses them: each token shows one of its units, and none
// of a revoked unit is used.
#ifndef ENKRAT_SERVER_WATCHED_TIMESTAMPER_H_
#define ENKRAT_SERVER_WATCHED_TIMESTAMPER_H_

#include "common/status_macros.h"
#include "server/outside_units.h"
#include "tsa/timestamper.h"

namespace enkrat::server {

// Thread-safe, as both are that it is made of; they outlive it.
class WatchedTimestamper final : public tsa::Timestamper {
 public:
  WatchedTimestamper(tsa::Timestamper& tsa, OutsideUnits& units) : tsa_(tsa), units_(units) {}

  // Besides the TSA's errors: kTimestampUnavailable for a token of a unit that is known to have
  // been revoked. What is not known yet is not waited for.
  absl::StatusOr<tsa::IssuedTimestamp> Timestamp(const tsa::MessageImprint& imprint,
                                                 absl::Time deadline) override {
    ENKRAT_ASSIGN_OR_RETURN(tsa::IssuedTimestamp issued, tsa_.Timestamp(imprint, deadline));
    ENKRAT_RETURN_IF_ERROR(units_.Note(issued.token_der));
    return issued;
  }

 private:
  tsa::Timestamper& tsa_;
  OutsideUnits& units_;
};

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_WATCHED_TIMESTAMPER_H_

// Evidence of assertions that were rejected: durable, but no faster than a budget for each relying
// party, because whoever can send garbage would otherwise fill the disk with it.
#ifndef ENKRAT_SIGNER_REJECTION_EVIDENCE_H_
#define ENKRAT_SIGNER_REJECTION_EVIDENCE_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "signer/relying_party.h"
#include "signer/signing_request.h"
#include "store/ledger.h"

namespace enkrat::signer {

// Thread-safe. Owns nothing.
class RejectionEvidence {
 public:
  // A relying party's records: so many at once, then one a second. What is left out is counted in
  // the next record ("suppressed").
  static constexpr double kBurst = 20;
  static constexpr double kPerSecond = 1;

  RejectionEvidence(store::Ledger& ledger, const Clock& clock, Logger* logger)
      : ledger_(ledger), clock_(clock), logger_(logger) {}

  // Records why the assertion was rejected, if the budget lets it. What the disk refuses goes to
  // the log: the answer is a rejection anyway.
  void Record(const RelyingParty& relying_party, const SigningRequest& request,
              const absl::Status& why) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Budget {
    double left = kBurst;
    absl::Duration refilled_at;  // SinceBoot
    int64_t suppressed = 0;
  };

  store::Ledger& ledger_;
  const Clock& clock_;
  Logger* logger_;
  Mutex mutex_;
  std::map<std::string, Budget> budgets_ ABSL_GUARDED_BY(mutex_);  // as many as relying parties
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_REJECTION_EVIDENCE_H_

// The assertions that a service refused, as its ledger remembers them: what an auditor asks for
// when somebody says "I was never asked", or when somebody tries tokens.
#ifndef ENKRAT_CLI_REJECTED_ASSERTIONS_H_
#define ENKRAT_CLI_REJECTED_ASSERTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/ledger.h"

namespace enkrat::cli {

struct RejectedAssertions {
  std::vector<store::EvidenceRecord> records = {};  // oldest first
  bool cut_off = false;                             // the ledger answered as many as it may
};

// Of `since` and later; 1000 events of the ledger at most. Errors as Ledger::Events.
absl::StatusOr<RejectedAssertions> FindRejectedAssertions(store::Ledger& ledger, absl::Time since);

// A line each and a count; JSON with the same facts.
std::string AsText(const RejectedAssertions& rejected);
std::string AsJson(const RejectedAssertions& rejected);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_REJECTED_ASSERTIONS_H_

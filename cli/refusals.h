// What a service refused, as its ledger remembers it: assertions, which an auditor asks for when
// somebody says "I was never asked", or when somebody tries tokens; and relying parties that asked
// for what is another's.
#ifndef ENKRAT_CLI_REFUSALS_H_
#define ENKRAT_CLI_REFUSALS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/ledger.h"

namespace enkrat::cli {

enum class RefusalKind { kAssertionRejected, kAccessDenied };

struct Refusals {
  RefusalKind kind = RefusalKind::kAssertionRejected;
  std::vector<store::EvidenceRecord> records = {};  // oldest first
  bool cut_off = false;                             // the ledger answered as many as it may
};

// Of `since` and later; 1000 events of the ledger at most. Errors as Ledger::Events.
absl::StatusOr<Refusals> FindRefusals(store::Ledger& ledger, RefusalKind kind, absl::Time since);

// A line each and a count; JSON with the same facts.
std::string AsText(const Refusals& refusals);
std::string AsJson(const Refusals& refusals);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_REFUSALS_H_

// How many tokens a load run needs, and how many may lie ready without growing too old for the
// service (180 s between authentication and use, docs/life_of_a_signature.md).
#ifndef ENKRAT_CLI_SUPPLY_PLAN_H_
#define ENKRAT_CLI_SUPPLY_PLAN_H_

#include <cstddef>
#include <optional>

#include "absl/time/time.h"
#include "common/signing_key.h"

namespace enkrat::cli {

struct LoadShape {
  absl::Duration length;       // warm-up included
  std::optional<double> rate;  // open loop: sessions a second
  KeyAlgorithm key = KeyAlgorithm::kEcdsaP256;
  size_t documents = 1;  // a session
};

struct SupplyPlan {
  size_t total = 0;  // tokens that the run can use up
  size_t stock = 0;  // made before the run, and kept ready during it
};

// A short run gets all its tokens before it begins, so that minting takes no time from what is
// measured. A long run gets them on the way.
SupplyPlan PlanSupply(const LoadShape& shape);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SUPPLY_PLAN_H_

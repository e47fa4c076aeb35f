#include "cli/supply_plan.h"

#include <algorithm>

namespace enkrat::cli {
namespace {

// Begins with what is left of 180 s after making a stock and reaching the service.
constexpr absl::Duration kMostAge = absl::Seconds(120);
constexpr size_t kMostStock = 60'000;  // a quarter of a gigabyte with few documents
constexpr size_t kLongRunStock = 20'000;
constexpr double kLeastPerSecond = 100;

// More than two cores with a software token do: generating the key is most of the work.
double MostKeysPerSecond(KeyAlgorithm key) {
  switch (key) {
    case KeyAlgorithm::kEcdsaP256:
      return 5000;
    case KeyAlgorithm::kEcdsaP384:
      return 2000;
    default:
      return kLeastPerSecond;
  }
}

}  // namespace

SupplyPlan PlanSupply(const LoadShape& shape) {
  const double closed = std::max(
      MostKeysPerSecond(shape.key) / static_cast<double>(shape.documents), kLeastPerSecond);
  const double per_second = shape.rate.value_or(closed);
  const double seconds = absl::ToDoubleSeconds(shape.length);
  SupplyPlan plan;
  plan.total = static_cast<size_t>(per_second * seconds) + 100;
  const bool long_run = shape.length > kMostAge;
  const double ready = per_second * std::min(seconds, absl::ToDoubleSeconds(kMostAge) / 2);
  plan.stock = std::min(long_run ? std::min(static_cast<size_t>(ready), kLongRunStock) : plan.total,
                        kMostStock);
  return plan;
}

}  // namespace enkrat::cli

#include "cli/supply_plan.h"

#include <gtest/gtest.h>

namespace enkrat::cli {
namespace {

TEST(SupplyPlanTest, ShortClosedRunGetsAllTokensBeforeItBegins) {
  const SupplyPlan plan = PlanSupply({.length = absl::Seconds(11), .rate = std::nullopt});
  EXPECT_EQ(plan.total, 55'100u);
  EXPECT_EQ(plan.stock, plan.total);
}

TEST(SupplyPlanTest, OpenRunGetsWhatItsRateNeeds) {
  const SupplyPlan plan = PlanSupply({.length = absl::Seconds(10), .rate = 250});
  EXPECT_EQ(plan.total, 2'600u);
  EXPECT_EQ(plan.stock, plan.total);
}

TEST(SupplyPlanTest, LongOpenRunKeepsNoTokenLongerThanAMinute) {
  const SupplyPlan plan = PlanSupply({.length = absl::Hours(1), .rate = 50});
  EXPECT_EQ(plan.total, 180'100u);
  EXPECT_EQ(plan.stock, 3'000u);
}

TEST(SupplyPlanTest, LongClosedRunKeepsAModestStock) {
  const SupplyPlan plan = PlanSupply({.length = absl::Hours(1), .rate = std::nullopt});
  EXPECT_EQ(plan.stock, 20'000u);
}

TEST(SupplyPlanTest, StockIsBounded) {
  EXPECT_EQ(PlanSupply({.length = absl::Seconds(100), .rate = 1e6}).stock, 60'000u);
}

TEST(SupplyPlanTest, SlowKeysAndManyDocumentsNeedFewTokens) {
  const absl::Duration length = absl::Seconds(10);
  EXPECT_EQ(PlanSupply({.length = length, .rate = std::nullopt, .documents = 1000}).total, 1'100u);
  EXPECT_EQ(
      PlanSupply({.length = length, .rate = std::nullopt, .key = KeyAlgorithm::kRsaPss3072}).total,
      1'100u);
}

}  // namespace
}  // namespace enkrat::cli

#include "server/response_budget.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(ResponseBudgetTest, OneRelyingPartyCannotTakeAll) {
  ResponseBudget budget({.total = 100, .for_each = 50});
  ASSERT_OK_AND_ASSIGN(const auto most, budget.Reserve("a", 50));
  EXPECT_THAT(budget.Reserve("a", 1), FailsWith(Reason::kOverloaded));
  EXPECT_THAT(budget.Reserve("b", 50), IsOk());
}

TEST(ResponseBudgetTest, AllTogetherCannotTakeMoreThanThereIs) {
  ResponseBudget budget({.total = 100, .for_each = 60});
  ASSERT_OK_AND_ASSIGN(const auto first, budget.Reserve("a", 60));
  EXPECT_THAT(budget.Reserve("b", 41), FailsWith(Reason::kOverloaded));
  EXPECT_THAT(budget.Reserve("b", 40), IsOk());
}

TEST(ResponseBudgetTest, ReservationIsGivenBackAsItWasResized) {
  ResponseBudget budget({.total = 100, .for_each = 100});
  {
    ASSERT_OK_AND_ASSIGN(auto reservation, budget.Reserve("a", 10));
    reservation.Resize(150);
    EXPECT_EQ(budget.reserved(), 150u);
    EXPECT_THAT(budget.Reserve("b", 1), FailsWith(Reason::kOverloaded));
    const ResponseBudget::Reservation moved = std::move(reservation);
    EXPECT_EQ(budget.reserved(), 150u);
  }
  EXPECT_EQ(budget.reserved(), 0u);
  EXPECT_THAT(budget.Reserve("a", 100), IsOk());
}

}  // namespace
}  // namespace enkrat::server

#include "signer/in_flight_limit.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(InFlightLimitTest, FullHouseRefusesWithADelayAndLetsInAgain) {
  InFlightLimit limit(2);
  auto first = limit.Enter("a", 10);
  auto second = limit.Enter("b", 10);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  const auto third = limit.Enter("c", 10);
  EXPECT_THAT(third, FailsWith(Reason::kOverloaded));
  EXPECT_TRUE(RetryDelayOf(third.status()).has_value());
  {
    const InFlightLimit::Ticket leaves = *std::move(first);
    EXPECT_EQ(limit.inside(), 2u);
  }
  EXPECT_EQ(limit.inside(), 1u);
  EXPECT_THAT(limit.Enter("c", 10), IsOk());
}

TEST(InFlightLimitTest, OneRelyingPartyCannotTakeTheWholeHouse) {
  InFlightLimit limit(10);
  const auto first = limit.Enter("greedy", 2);
  const auto second = limit.Enter("greedy", 2);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(limit.Enter("greedy", 2), FailsWith(Reason::kRateLimited));
  EXPECT_THAT(limit.Enter("modest", 2), IsOk());
}

TEST(InFlightLimitTest, TicketThatMovedIsGivenBackOnce) {
  InFlightLimit limit(10);
  auto ticket = limit.Enter("a", 10);
  ASSERT_THAT(ticket, IsOk());
  std::optional<InFlightLimit::Ticket> moved(std::move(*ticket));
  EXPECT_EQ(limit.inside(), 1u);
  moved.reset();
  EXPECT_EQ(limit.inside(), 0u);
}

}  // namespace
}  // namespace enkrat::signer

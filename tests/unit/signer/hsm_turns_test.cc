#include "signer/hsm_turns.h"

#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(HsmTurnsTest, TurnThatDoesNotComeInTimeIsRefused) {
  HsmTurns turns({.turns = 1});
  const auto first = turns.Take("a", false, absl::InfiniteFuture());
  ASSERT_THAT(first, IsOk());
  const auto second = turns.Take("b", false, absl::Now() + absl::Milliseconds(1));
  EXPECT_THAT(second, FailsWith(Reason::kDeadlineTooShort));
  EXPECT_EQ(FieldOf(second.status()), "waiting for the HSM");
  EXPECT_EQ(turns.waiting(), 0u);
}

TEST(HsmTurnsTest, HeavyCallsLeaveTurnsToLightOnes) {
  HsmTurns turns({.turns = 4, .heavy_turns = 1});
  const auto heavy = turns.Take("a", true, absl::InfiniteFuture());
  ASSERT_THAT(heavy, IsOk());
  EXPECT_THAT(turns.Take("b", true, absl::Now()), FailsWith(Reason::kDeadlineTooShort));
  EXPECT_THAT(turns.Take("b", false, absl::Now() + absl::Seconds(60)), IsOk());
}

TEST(HsmTurnsTest, HeavyCallThatWaitsHoldsNoLightOneUp) {
  HsmTurns turns({.turns = 4, .heavy_turns = 1});
  std::optional<absl::StatusOr<HsmTurns::Turn>> heavy(
      turns.Take("a", true, absl::InfiniteFuture()));
  std::jthread waits([&] { EXPECT_THAT(turns.Take("a", true, absl::InfiniteFuture()), IsOk()); });
  while (turns.waiting() == 0) std::this_thread::yield();
  EXPECT_THAT(turns.Take("a", false, absl::Now() + absl::Seconds(60)), IsOk());
  heavy.reset();
}

TEST(HsmTurnsTest, TurnsGoRoundTheRelyingPartiesNotRoundTheirCalls) {
  HsmTurns turns({.turns = 1});
  std::optional<absl::StatusOr<HsmTurns::Turn>> first(
      turns.Take("greedy", false, absl::InfiniteFuture()));
  std::mutex mutex;
  std::vector<std::string> order;
  {
    std::vector<std::jthread> threads;
    const auto wait_as = [&](const std::string& who) {
      const size_t before = turns.waiting();
      threads.emplace_back([&, who] {
        const auto turn = turns.Take(who, false, absl::InfiniteFuture());
        const std::lock_guard lock(mutex);
        order.push_back(who);
      });
      while (turns.waiting() == before) std::this_thread::yield();
    };
    for (int i = 0; i < 3; ++i) wait_as("greedy");
    wait_as("modest");
    first.reset();
  }
  ASSERT_EQ(order.size(), 4u);
  EXPECT_EQ(order[0], "modest");  // though three calls of the other one were there before
}

TEST(HsmTurnsTest, ManyThreadsNeverHoldMoreThanThereAre) {
  HsmTurns turns({.turns = 3, .heavy_turns = 2});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < 200; ++round) {
          const auto turn =
              turns.Take(i % 2 == 0 ? "a" : "b", round % 3 == 0, absl::InfiniteFuture());
          const int now = ++inside;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
          --inside;
        }
      });
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_EQ(turns.waiting(), 0u);
}

}  // namespace
}  // namespace enkrat::signer

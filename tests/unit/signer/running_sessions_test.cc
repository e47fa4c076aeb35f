#include "signer/running_sessions.h"

#include <gtest/gtest.h>

#include <latch>
#include <optional>
#include <thread>

#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

const RunningSessions::Key kKey("bank", "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c01");

TEST(RunningSessionsTest, OtherKeysDoNotWait) {
  RunningSessions sessions;
  const auto first = sessions.Enter(kKey, absl::InfinitePast());
  EXPECT_THAT(first, IsOk());
  EXPECT_THAT(sessions.Enter({"another bank", kKey.second}, absl::InfinitePast()), IsOk());
}

TEST(RunningSessionsTest, KeyIsFreeAgainWhenItsClaimEnds) {
  RunningSessions sessions;
  { const auto first = sessions.Enter(kKey, absl::InfinitePast()); }
  EXPECT_THAT(sessions.Enter(kKey, absl::InfinitePast()), IsOk());
}

TEST(RunningSessionsTest, WaitEndsAtTheDeadline) {
  RunningSessions sessions;
  const auto first = sessions.Enter(kKey, absl::InfinitePast());
  EXPECT_THAT(sessions.Enter(kKey, absl::Now() + absl::Milliseconds(1)),
              FailsWith(Reason::kDeadlineTooShort));
}

TEST(RunningSessionsTest, OneHolderAtATimeAndAFewWhoWait) {
  RunningSessions sessions;
  std::optional<absl::StatusOr<RunningSessions::Claim>> first(
      sessions.Enter(kKey, absl::InfinitePast()));
  std::atomic<int> holders = 0;
  std::atomic<int> most_holders = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> served = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto claim = sessions.Enter(kKey, absl::InfiniteFuture());
        if (!claim.ok()) {
          EXPECT_THAT(claim, FailsWith(Reason::kOverloaded));
          EXPECT_TRUE(RetryDelayOf(claim.status()).has_value());
          ++refused;
          refused.notify_all();
          return;
        }
        most_holders = std::max(most_holders.load(), ++holders);
        ++served;
        --holders;
      });
    }
    // All but those that may wait are sent away while the first still works.
    const int may_wait = static_cast<int>(RunningSessions::kMaxWaiting);
    for (int seen = refused; seen < 8 - may_wait; seen = refused) refused.wait(seen);
    first.reset();
  }
  EXPECT_EQ(served, static_cast<int>(RunningSessions::kMaxWaiting));
  EXPECT_EQ(most_holders, 1);
}

}  // namespace
}  // namespace enkrat::signer

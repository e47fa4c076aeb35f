#include "signer/running_sessions.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "absl/time/clock.h"

namespace enkrat::signer {
namespace {

const RunningSessions::Key kKey("bank", "6e37fd63-1f3f-4a6f-9c2f-3d5a4cbb7c01");

TEST(RunningSessionsTest, SecondClaimIsNotMineUntilTheFirstHasEnded) {
  RunningSessions sessions;
  {
    const RunningSessions::Claim first = sessions.TryClaim(kKey);
    EXPECT_TRUE(first.mine());
    EXPECT_FALSE(sessions.TryClaim(kKey).mine());
    EXPECT_TRUE(sessions.TryClaim({"another bank", kKey.second}).mine());
  }
  EXPECT_TRUE(sessions.TryClaim(kKey).mine());
}

TEST(RunningSessionsTest, WaitEndsWhenTheSessionDoes) {
  RunningSessions sessions;
  std::optional<RunningSessions::Claim> first(sessions.TryClaim(kKey));
  bool free = false;
  std::thread waiter([&] { free = sessions.WaitUntilFree(kKey, absl::InfiniteFuture()); });
  first.reset();
  waiter.join();
  EXPECT_TRUE(free);
}

TEST(RunningSessionsTest, WaitEndsAtTheDeadline) {
  RunningSessions sessions;
  const RunningSessions::Claim first = sessions.TryClaim(kKey);
  EXPECT_FALSE(sessions.WaitUntilFree(kKey, absl::Now() + absl::Milliseconds(1)));
}

}  // namespace
}  // namespace enkrat::signer

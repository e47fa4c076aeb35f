#include "common/wake_up.h"

#include <gtest/gtest.h>

#include <thread>

namespace enkrat {
namespace {

using std::chrono::steady_clock;

TEST(WakeUpTest, WaitAfterItWasGivenReturnsAtOnce) {
  WakeUp wake;
  wake.Give();
  wake.Wait();
}

TEST(WakeUpTest, WaitEndsWhenAnotherThreadGivesIt) {
  WakeUp wake;
  bool ready = false;
  const std::jthread other([&] {
    ready = true;
    wake.Give();
  });
  wake.Wait();
  EXPECT_TRUE(ready);
}

TEST(WakeUpTest, NobodyWakesItInTime) {
  WakeUp wake;
  EXPECT_FALSE(wake.WaitUntil(steady_clock::now() + std::chrono::milliseconds(1)));
  EXPECT_FALSE(wake.WaitUntil(std::chrono::system_clock::now()));
}

TEST(WakeUpTest, GivenInTimeItIsSeenEvenWhenTheTimeIsOver) {
  WakeUp wake;
  wake.Give();
  EXPECT_TRUE(wake.WaitUntil(steady_clock::now() - std::chrono::seconds(1)));
}

TEST(WakeUpTest, EndsOneWaitOnly) {
  WakeUp wake;
  wake.Give();
  wake.Wait();
  EXPECT_FALSE(wake.WaitUntil(steady_clock::now()));
}

TEST(WakeUpTest, GivenTwiceBeforeAnybodyWaitsItEndsOneWait) {
  WakeUp wake;
  wake.Give();
  wake.Give();
  wake.Wait();
  EXPECT_FALSE(wake.WaitUntil(steady_clock::now()));
}

}  // namespace
}  // namespace enkrat

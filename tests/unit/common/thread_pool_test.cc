#include "common/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace enkrat {
namespace {

TEST(ThreadPoolTest, AcceptedJobsAllRunBeforeTheDestructorReturns) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool({.threads = 3, .queue_limit = 1000});
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.TrySubmit([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(ThreadPoolTest, FullQueueRefusesAtOnce) {
  std::latch release(1);
  std::latch started(1);
  ThreadPool pool({.threads = 1, .queue_limit = 2});
  ASSERT_TRUE(pool.TrySubmit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_TRUE(pool.TrySubmit([] {}));
  EXPECT_FALSE(pool.TrySubmit([] {}));
  EXPECT_EQ(pool.waiting(), 2u);
  release.count_down();
}

}  // namespace
}  // namespace enkrat

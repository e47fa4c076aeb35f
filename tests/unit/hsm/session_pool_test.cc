#include "hsm/session_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

void WaitForWaiters(const SessionPool& pool, size_t count) {
  while (pool.statistics().callers_waiting != count) std::this_thread::yield();
}

TEST(SessionPool, OpensItsSessionsAndTheRootSessionAtTheStart) {
  FakeHsm hsm;
  hsm.OpenPool(/*sessions=*/3);
  EXPECT_EQ(hsm.token.OpenSessions(), 4u);
  EXPECT_EQ(hsm.token.CallCount("C_Login"), 1);
  EXPECT_EQ(hsm.pool->token_label(), "fake token");
  EXPECT_TRUE(hsm.pool->statistics().available);
}

TEST(SessionPool, ClosesItsSessionsAtTheEnd) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.pool.reset();
  EXPECT_EQ(hsm.token.OpenSessions(), 0u);
  EXPECT_EQ(hsm.module->pools(), 0);
}

TEST(SessionPool, NeitherOpensNorClosesSessionsWhileServing) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.ForgetCalls();
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
    ASSERT_THAT(lease.GenerateOneTimeKey({}), IsOk());
  }
  EXPECT_EQ(hsm.token.CallCount("C_OpenSession"), 0);
  EXPECT_EQ(hsm.token.CallCount("C_CloseSession"), 0);
}

TEST(SessionPool, InvalidOptionsAreRefused) {
  FakeHsm hsm;
  for (const size_t sessions : {size_t{0}, size_t{1025}}) {
    SessionPool::Options options = hsm.PoolOptions();
    options.sessions = sessions;
    EXPECT_THAT(SessionPool::Create(*hsm.module, std::move(options)),
                FailsWith(Reason::kConfigurationInvalid));
  }
  SessionPool::Options options = hsm.PoolOptions();
  options.breaker_first_pause = absl::ZeroDuration();
  EXPECT_THAT(SessionPool::Create(*hsm.module, std::move(options)),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST(SessionPool, UnknownTokenIsNotFound) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.token_label = "another";
  EXPECT_THAT(SessionPool::Create(*hsm.module, std::move(options)), FailsWith(Reason::kNotFound));
}

TEST(SessionPool, WrongPinIsSentOnce) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.pin = Secret(absl::string_view("4321"));
  EXPECT_THAT(SessionPool::Create(*hsm.module, std::move(options)),
              FailsWith(Reason::kPinRejected));
  EXPECT_EQ(hsm.token.CallCount("C_Login"), 1);
  EXPECT_EQ(hsm.token.OpenSessions(), 0u);
}

TEST(SessionPool, TokenWithTooFewSessionsIsOverloadedAndNothingStaysOpen) {
  FakeHsm hsm({.session_limit = 2});
  EXPECT_THAT(SessionPool::Create(*hsm.module, hsm.PoolOptions()), FailsWith(Reason::kOverloaded));
  EXPECT_EQ(hsm.token.OpenSessions(), 0u);
}

TEST(SessionPool, FailureAtEachStepOfTheStartLeavesNothingOpen) {
  for (const char* call : {"C_GetSlotList", "C_GetTokenInfo", "C_OpenSession", "C_Login"}) {
    FakeHsm hsm;
    hsm.token.FailNth(call, 1, "CKR_DEVICE_ERROR");
    EXPECT_THAT(SessionPool::Create(*hsm.module, hsm.PoolOptions()),
                FailsWith(Reason::kHsmUnavailable))
        << call;
    EXPECT_EQ(hsm.token.OpenSessions(), 0u) << call;
    EXPECT_THAT(SessionPool::Create(*hsm.module, hsm.PoolOptions()), IsOk()) << call;
  }
}

TEST(SessionPool, WaitingEndsAtTheDeadline) {
  FakeHsm hsm;
  hsm.OpenPool(/*sessions=*/1);
  ASSERT_OK_AND_ASSIGN(const SessionLease lease, hsm.Acquire());
  EXPECT_THAT(hsm.pool->Acquire(hsm.clock.Now() + absl::Milliseconds(5)),
              FailsWith(Reason::kDeadlineTooShort));
  EXPECT_EQ(hsm.pool->statistics().callers_waiting, 0u);
}

TEST(SessionPool, DeadlineThatHasPassedGetsNoSession) {
  FakeHsm hsm;
  hsm.OpenPool();
  EXPECT_THAT(hsm.pool->Acquire(hsm.clock.Now()), FailsWith(Reason::kDeadlineTooShort));
  EXPECT_THAT(hsm.pool->Acquire(absl::InfinitePast()), FailsWith(Reason::kDeadlineTooShort));
}

TEST(SessionPool, CallersBeyondTheWaitingLimitAreTurnedAwayAtOnce) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.sessions = 1;
  options.waiting_limit = 1;
  hsm.OpenPool(std::move(options));
  std::optional<SessionLease> lease = hsm.Acquire().value();
  std::thread waiter([&] { EXPECT_THAT(hsm.Acquire(), IsOk()); });
  WaitForWaiters(*hsm.pool, 1);
  const absl::StatusOr<SessionLease> refused = hsm.Acquire();
  EXPECT_THAT(refused, FailsWith(Reason::kOverloaded));
  EXPECT_TRUE(RetryDelayOf(refused.status()).has_value());
  lease.reset();
  waiter.join();
}

TEST(SessionPool, LimitOfNobodyWaitingStillServesAFreeSession) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.sessions = 1;
  options.waiting_limit = 0;
  hsm.OpenPool(std::move(options));
  ASSERT_OK_AND_ASSIGN(const SessionLease lease, hsm.Acquire());
  EXPECT_THAT(hsm.Acquire(), FailsWith(Reason::kOverloaded));
}

TEST(SessionPool, CallersAreServedInTheOrderTheyCame) {
  FakeHsm hsm;
  hsm.OpenPool(/*sessions=*/1);
  std::optional<SessionLease> lease = hsm.Acquire().value();
  Mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&, i] {
      const absl::StatusOr<SessionLease> mine = hsm.Acquire();
      const MutexLock lock(mutex);
      order.push_back(i);
    });
    WaitForWaiters(*hsm.pool, static_cast<size_t>(i) + 1);
  }
  lease.reset();
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3));
}

TEST(SessionPool, NoSessionIsEverUsedByTwoThreadsAtOnce) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.sessions = 3;
  options.recycle_after_keys = 10;
  hsm.OpenPool(std::move(options));
  std::atomic<int> lives = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < 6; ++i) {
    workers.emplace_back([&] {
      for (int j = 0; j < 25; ++j) {
        absl::StatusOr<SessionLease> lease = hsm.Acquire();
        ASSERT_THAT(lease, IsOk());
        absl::StatusOr<OneTimeKey> key = lease->GenerateOneTimeKey({});
        ASSERT_THAT(key, IsOk());
        ASSERT_THAT(key->SignDigest(DigestAlgorithm::kSha256, Bytes(32, 1)), IsOk());
        ASSERT_THAT((*std::move(key)).Destroy(), IsOk());
        ++lives;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(lives, 150);
  EXPECT_FALSE(hsm.token.SessionSharedByThreads());
  EXPECT_EQ(hsm.token.SessionObjects(), 0u);
  EXPECT_GT(hsm.pool->statistics().recycles, 0u);
}

TEST(SessionPool, HealthCheckAsksTheToken) {
  FakeHsm hsm;
  hsm.OpenPool();
  EXPECT_THAT(hsm.pool->CheckHealth(absl::InfiniteFuture()), IsOk());
  hsm.token.SetGone(true);
  EXPECT_THAT(hsm.pool->CheckHealth(absl::InfiniteFuture()), FailsWith(Reason::kHsmUnavailable));
}

TEST(SessionPool, TwoPoolsShareOneModule) {
  FakeHsm hsm;
  hsm.OpenPool();
  ASSERT_OK_AND_ASSIGN(const auto second, SessionPool::Create(*hsm.module, hsm.PoolOptions()));
  EXPECT_THAT(second->Acquire(absl::InfiniteFuture()), IsOk());
  second->RequestRecycle();
  EXPECT_THAT(second->Acquire(absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(hsm.token.CallCount("C_Finalize"), 0);
}

}  // namespace
}  // namespace enkrat::hsm

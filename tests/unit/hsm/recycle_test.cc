// The planned recycle: drain, C_Finalize, C_Initialize, log in, find the long-lived keys again.
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

void UseKeys(FakeHsm& hsm, int count) {
  for (int i = 0; i < count; ++i) {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
    ASSERT_THAT(lease.GenerateOneTimeKey({}), IsOk());
  }
}

TEST(Recycle, HappensAfterTheConfiguredNumberOfKeysAndNotBefore) {
  FakeHsm hsm;
  SessionPool::Options options = hsm.PoolOptions();
  options.recycle_after_keys = 5;
  hsm.OpenPool(std::move(options));
  UseKeys(hsm, 5);
  EXPECT_EQ(hsm.pool->statistics().recycles, 0u);
  UseKeys(hsm, 5);
  EXPECT_EQ(hsm.pool->statistics().recycles, 1u);
  UseKeys(hsm, 1);
  EXPECT_EQ(hsm.pool->statistics().recycles, 2u);
  EXPECT_EQ(hsm.token.CallCount("C_Finalize"), 2);
  EXPECT_EQ(hsm.pool->statistics().reconnects, 0u);
}

TEST(Recycle, NeverHappensForAModuleThatDoesNotNeedIt) {
  FakeHsm hsm;
  hsm.OpenPool();
  UseKeys(hsm, 20);
  EXPECT_EQ(hsm.token.CallCount("C_Finalize"), 0);
}

TEST(Recycle, WaitsForEveryLeaseAndHoldsNewCallersBack) {
  FakeHsm hsm;
  hsm.OpenPool(/*sessions=*/2);
  std::optional<SessionLease> held = hsm.Acquire().value();
  hsm.pool->RequestRecycle();
  std::thread waiter([&] { EXPECT_THAT(hsm.Acquire(), IsOk()); });
  while (hsm.pool->statistics().callers_waiting != 1) std::this_thread::yield();
  EXPECT_EQ(hsm.token.CallCount("C_Finalize"), 0);
  EXPECT_THAT(held->GenerateOneTimeKey({}), IsOk());
  held.reset();
  waiter.join();
  EXPECT_EQ(hsm.pool->statistics().recycles, 1u);
}

TEST(Recycle, CallerWithLittleTimeIsNotHeldBackBeyondIt) {
  FakeHsm hsm;
  hsm.OpenPool(/*sessions=*/2);
  ASSERT_OK_AND_ASSIGN(const SessionLease held, hsm.Acquire());
  hsm.pool->RequestRecycle();
  EXPECT_THAT(hsm.pool->Acquire(hsm.clock.Now() + absl::Milliseconds(5)),
              FailsWith(Reason::kDeadlineTooShort));
}

TEST(Recycle, LongLivedKeysSignAndHashOnAsBefore) {
  FakeHsm hsm;
  hsm.OpenPool();
  ASSERT_OK_AND_ASSIGN(const LongLivedKey key, hsm.pool->GenerateKey({.label = "ca"}));
  ASSERT_OK_AND_ASSIGN(const MacKey mac_key, hsm.pool->GenerateMacKey("pins"));
  Bytes mac_before;
  {
    ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
    ASSERT_OK_AND_ASSIGN(mac_before, lease.Mac(mac_key, AsSpan("message")));
  }
  hsm.pool->RequestRecycle();
  ASSERT_OK_AND_ASSIGN(SessionLease lease, hsm.Acquire());
  EXPECT_EQ(hsm.pool->statistics().recycles, 1u);
  const Bytes digest(32, 5);
  ASSERT_OK_AND_ASSIGN(const Bytes signature,
                       lease.KeyFor(key)->SignDigest(DigestAlgorithm::kSha256, digest));
  EXPECT_THAT(key.public_key().VerifyDigest(DigestAlgorithm::kSha256, digest, signature), IsOk());
  ASSERT_OK_AND_ASSIGN(const Bytes mac_after, lease.Mac(mac_key, AsSpan("message")));
  EXPECT_EQ(mac_after, mac_before);
}

TEST(Recycle, FailureToComeBackOpensTheBreakerAndIsMendedLater) {
  for (const char* call : {"C_Initialize", "C_GetSlotList", "C_OpenSession", "C_Login"}) {
    FakeHsm hsm;
    hsm.OpenPool();
    hsm.token.FailNth(call, 1, "CKR_DEVICE_ERROR");
    hsm.pool->RequestRecycle();
    EXPECT_THAT(hsm.Acquire(), FailsWith(Reason::kHsmUnavailable)) << call;
    EXPECT_FALSE(hsm.pool->statistics().available) << call;
    hsm.clock.Advance(absl::Seconds(1));
    EXPECT_THAT(hsm.Acquire(), IsOk()) << call;
  }
}

TEST(Recycle, FailureToFinaliseDoesNotStopIt) {
  FakeHsm hsm;
  hsm.OpenPool();
  hsm.token.FailNth("C_Finalize", 1, "CKR_GENERAL_ERROR");
  hsm.pool->RequestRecycle();
  // The library stays initialised, so it refuses to be initialised anew: the breaker opens.
  EXPECT_FALSE(hsm.Acquire().ok());
  hsm.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(hsm.Acquire(), IsOk());
}

TEST(Recycle, KeyThatIsGoneAfterwardsMakesTheHsmUnavailable) {
  FakeHsm hsm;
  hsm.OpenPool();
  ASSERT_THAT(hsm.pool->GenerateKey({.label = "ca"}), IsOk());
  hsm.token.FailNth("C_FindObjectsInit", 1, "CKR_DEVICE_ERROR");
  hsm.pool->RequestRecycle();
  EXPECT_THAT(hsm.Acquire(), FailsWith(Reason::kHsmUnavailable));
}

}  // namespace
}  // namespace enkrat::hsm

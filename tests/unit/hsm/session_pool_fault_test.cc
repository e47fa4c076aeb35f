// Quarantine, reconnecting and the circuit breaker.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/hsm/fake_hsm.h"

namespace enkrat::hsm {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

constexpr absl::Duration kFirstPause = absl::Milliseconds(250);

class SessionPoolFault : public ::testing::Test {
 protected:
  absl::Status UseAKey() {
    absl::StatusOr<SessionLease> lease = hsm_.Acquire();
    if (!lease.ok()) return lease.status();
    return lease->GenerateOneTimeKey({}).status();
  }
  // The connection is lost, and cannot be made again.
  void Lose() {
    hsm_.token.SetGone(true);
    EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
    EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  }

  FakeHsm hsm_;
};

TEST_F(SessionPoolFault, QuarantinedSessionIsReplacedWithoutReconnecting) {
  hsm_.OpenPool(/*sessions=*/1);
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_SESSION_HANDLE_INVALID");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(UseAKey(), IsOk());
  const PoolStatistics statistics = hsm_.pool->statistics();
  EXPECT_EQ(statistics.sessions_quarantined, 1u);
  EXPECT_EQ(statistics.reconnects, 0u);
  EXPECT_EQ(hsm_.token.OpenSessions(), 2u);
  EXPECT_EQ(hsm_.token.CallCount("C_Finalize"), 0);
}

TEST_F(SessionPoolFault, SessionThatCannotBeReplacedIsTriedAgainForTheNextCaller) {
  hsm_.OpenPool(/*sessions=*/1);
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_SESSION_CLOSED");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  hsm_.token.FailNth("C_OpenSession", 1, "CKR_SESSION_COUNT");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kOverloaded));
  EXPECT_THAT(UseAKey(), IsOk());
}

TEST_F(SessionPoolFault, LostLoginIsNoticedWhenASessionIsReplaced) {
  hsm_.OpenPool(/*sessions=*/1);
  // The token drops every session, and with the last one the login.
  hsm_.token.SetGone(true);
  hsm_.token.SetGone(false);
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(UseAKey(), IsOk());
  EXPECT_EQ(hsm_.pool->statistics().reconnects, 1u);
}

TEST_F(SessionPoolFault, HealthySessionsStayInUseBesideAQuarantinedOne) {
  hsm_.OpenPool(/*sessions=*/2);
  ASSERT_OK_AND_ASSIGN(SessionLease healthy, hsm_.Acquire());
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_SESSION_HANDLE_INVALID");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(healthy.GenerateOneTimeKey({}), IsOk());
  EXPECT_THAT(UseAKey(), IsOk());
}

TEST_F(SessionPoolFault, DeviceErrorReconnectsOnceForTheNextCaller) {
  hsm_.OpenPool();
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_DEVICE_ERROR");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(UseAKey(), IsOk());
  EXPECT_EQ(hsm_.pool->statistics().reconnects, 1u);
  EXPECT_EQ(hsm_.token.CallCount("C_Finalize"), 1);
  EXPECT_EQ(hsm_.token.OpenSessions(), 3u);
}

TEST_F(SessionPoolFault, ReconnectWaitsUntilEveryLeaseIsBack) {
  hsm_.OpenPool(/*sessions=*/2);
  std::optional<SessionLease> held = hsm_.Acquire().value();
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_DEVICE_ERROR");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  std::thread waiter([&] { EXPECT_THAT(UseAKey(), IsOk()); });
  while (hsm_.pool->statistics().callers_waiting != 1) std::this_thread::yield();
  EXPECT_EQ(hsm_.token.CallCount("C_Finalize"), 0);
  held.reset();
  waiter.join();
  EXPECT_EQ(hsm_.token.CallCount("C_Finalize"), 1);
}

TEST_F(SessionPoolFault, OpenBreakerAnswersAtOnceWithoutTouchingTheToken) {
  hsm_.OpenPool();
  Lose();
  hsm_.token.ForgetCalls();
  const absl::StatusOr<SessionLease> refused = hsm_.Acquire();
  EXPECT_THAT(refused, FailsWith(Reason::kHsmUnavailable));
  EXPECT_EQ(RetryDelayOf(refused.status()), kFirstPause);
  EXPECT_TRUE(hsm_.token.Calls().empty());
  EXPECT_FALSE(hsm_.pool->statistics().available);
}

TEST_F(SessionPoolFault, BreakerTriesAgainAfterItsPauseAndDoublesIt) {
  hsm_.OpenPool();
  Lose();
  absl::Duration pause = kFirstPause;
  for (int i = 0; i < 10; ++i) {
    hsm_.clock.Advance(pause);
    hsm_.token.ForgetCalls();
    EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
    EXPECT_EQ(hsm_.token.CallCount("C_Initialize"), 1);
    pause = std::min(2 * pause, absl::Seconds(30));
    EXPECT_EQ(RetryDelayOf(hsm_.Acquire().status()), pause);
  }
  EXPECT_EQ(hsm_.pool->statistics().reconnects_failed, 11u);
}

TEST_F(SessionPoolFault, TokenThatComesBackIsServedAgainAndThePauseStartsOver) {
  hsm_.OpenPool();
  Lose();
  hsm_.token.SetGone(false);
  hsm_.clock.Advance(kFirstPause);
  EXPECT_THAT(UseAKey(), IsOk());
  EXPECT_TRUE(hsm_.pool->statistics().available);
  Lose();
  EXPECT_EQ(RetryDelayOf(hsm_.Acquire().status()), kFirstPause);
}

TEST_F(SessionPoolFault, SteppedClockDoesNotMoveTheBreaker) {
  hsm_.OpenPool();
  Lose();
  hsm_.clock.Step(absl::Hours(1));
  EXPECT_EQ(RetryDelayOf(hsm_.Acquire().status()), kFirstPause);
}

TEST_F(SessionPoolFault, TokenThatConnectsButCannotWorkOpensTheBreaker) {
  hsm_.OpenPool();
  hsm_.token.FailAlways("C_GenerateKeyPair", "CKR_DEVICE_REMOVED");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  hsm_.token.ForgetCalls();
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  EXPECT_TRUE(hsm_.token.Calls().empty());
  hsm_.token.ClearFaults();
  hsm_.clock.Advance(kFirstPause);
  EXPECT_THAT(UseAKey(), IsOk());
}

TEST_F(SessionPoolFault, WaitingCallersAreToldWhenTheBreakerOpens) {
  hsm_.OpenPool(/*sessions=*/1);
  std::optional<SessionLease> held = hsm_.Acquire().value();
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) {
    waiters.emplace_back([&] { EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable)); });
  }
  while (hsm_.pool->statistics().callers_waiting != 3) std::this_thread::yield();
  hsm_.token.SetGone(true);
  EXPECT_THAT(held->GenerateOneTimeKey({}), FailsWith(Reason::kHsmUnavailable));
  held.reset();
  for (std::thread& waiter : waiters) waiter.join();
}

TEST_F(SessionPoolFault, PinThatIsRefusedOnReconnectIsNeverSentAgain) {
  hsm_.OpenPool();
  hsm_.token.ChangePin("9999");
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_DEVICE_ERROR");
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kHsmUnavailable));
  hsm_.token.ForgetCalls();
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kPinRejected));
  EXPECT_EQ(hsm_.token.CallCount("C_Login"), 1);
  hsm_.clock.Advance(absl::Hours(24));
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kPinRejected));
  EXPECT_EQ(hsm_.token.CallCount("C_Login"), 1);
  EXPECT_FALSE(hsm_.pool->statistics().available);
}

TEST_F(SessionPoolFault, LockedPinIsNeverSentAgain) {
  hsm_.OpenPool();
  hsm_.token.FailNth("C_Login", 1, "CKR_PIN_LOCKED");
  hsm_.pool->RequestRecycle();
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kPinRejected));
  hsm_.clock.Advance(absl::Hours(24));
  EXPECT_THAT(UseAKey(), FailsWith(Reason::kPinRejected));
  EXPECT_EQ(hsm_.token.CallCount("C_Login"), 2);  // the start's and the refused one
}

TEST_F(SessionPoolFault, PinNeverReachesTheLog) {
  hsm_.OpenPool();
  hsm_.token.ChangePin("9999");
  Lose();
  EXPECT_THAT(hsm_.log.str(), ::testing::HasSubstr("cannot connect"));
  EXPECT_THAT(hsm_.log.str(), ::testing::Not(::testing::HasSubstr("1234")));
}

TEST_F(SessionPoolFault, BrokenRootSessionIsMendedAfterAFailedCeremony) {
  hsm_.OpenPool();
  hsm_.token.FailNth("C_GenerateKeyPair", 1, "CKR_SESSION_HANDLE_INVALID");
  EXPECT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), FailsWith(Reason::kHsmUnavailable));
  EXPECT_THAT(hsm_.pool->GenerateKey({.label = "ca"}), IsOk());
}

TEST_F(SessionPoolFault, ManyWorkersUnderConstantFaultsLeaveNoKeyAndShareNoSession) {
  hsm_.OpenPool(/*sessions=*/3);
  const char* const calls[] = {"C_GenerateKeyPair", "C_GetAttributeValue", "C_SignInit", "C_Sign",
                               "C_DestroyObject",   "C_OpenSession"};
  const char* const answers[] = {"CKR_DEVICE_ERROR", "CKR_SESSION_HANDLE_INVALID",
                                 "CKR_FUNCTION_FAILED", "CKR_USER_NOT_LOGGED_IN"};
  for (int i = 0; i < 200; ++i) {
    hsm_.token.FailNth(calls[i % 6], 5 + 3 * i, answers[i % 4]);
  }
  std::atomic<int> confirmed = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (int j = 0; j < 100; ++j) {
        hsm_.clock.Advance(absl::Seconds(30));  // no breaker stays open
        absl::StatusOr<SessionLease> lease = hsm_.Acquire();
        if (!lease.ok()) continue;
        absl::StatusOr<OneTimeKey> key = lease->GenerateOneTimeKey({});
        if (!key.ok()) continue;
        key->SignDigest(DigestAlgorithm::kSha256, Bytes(32, 1)).status().IgnoreError();
        if ((*std::move(key)).Destroy().ok()) ++confirmed;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_GT(confirmed, 100);
  EXPECT_FALSE(hsm_.token.SessionSharedByThreads());
  EXPECT_EQ(hsm_.pool->statistics().sessions_leased, 0u);
  hsm_.token.ClearFaults();
  hsm_.clock.Advance(absl::Seconds(30));
  EXPECT_THAT(UseAKey(), IsOk());
  EXPECT_EQ(hsm_.token.SessionObjects(), 0u);
}

}  // namespace
}  // namespace enkrat::hsm

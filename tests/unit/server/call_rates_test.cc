#include "server/call_rates.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/reason.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

signer::RelyingParty Party(const std::string& id, uint32_t a_second, uint32_t burst) {
  signer::RelyingParty party;
  party.id = id;
  party.calls_per_second = a_second;
  party.burst = burst;
  return party;
}

class CallRatesTest : public ::testing::Test {
 protected:
  // How many of `calls` at once get in.
  int Admitted(const signer::RelyingParty& party, int calls) {
    int admitted = 0;
    for (int i = 0; i < calls; ++i) admitted += rates_.Enter(party).ok() ? 1 : 0;
    return admitted;
  }

  testing::FakeClock clock_;
  CallRates rates_{clock_};
};

TEST_F(CallRatesTest, BurstGetsInAndThenTheRate) {
  const auto party = Party("a", 2, 5);
  EXPECT_EQ(Admitted(party, 100), 5);
  clock_.Advance(absl::Milliseconds(499));
  EXPECT_EQ(Admitted(party, 10), 0);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Admitted(party, 10), 1);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Admitted(party, 10), 4);
}

TEST_F(CallRatesTest, IdleTimeGivesNoMoreThanTheBurst) {
  EXPECT_EQ(Admitted(Party("a", 2, 5), 1), 1);
  clock_.Advance(absl::Hours(10));
  EXPECT_EQ(Admitted(Party("a", 2, 5), 100), 5);
}

TEST_F(CallRatesTest, RefusalSaysWhenThereIsRoom) {
  const auto party = Party("a", 4, 1);
  ASSERT_THAT(rates_.Enter(party), IsOk());
  const absl::Status refused = rates_.Enter(party);
  EXPECT_THAT(refused, FailsWith(Reason::kRateLimited));
  EXPECT_EQ(RetryDelayOf(refused), absl::Milliseconds(250));
  clock_.Advance(*RetryDelayOf(refused));
  EXPECT_THAT(rates_.Enter(party), IsOk());
}

TEST_F(CallRatesTest, RefusedCallsCostNothing) {
  const auto party = Party("a", 1, 1);
  EXPECT_EQ(Admitted(party, 1000), 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Admitted(party, 1000), 1);
}

TEST_F(CallRatesTest, PartiesCountForThemselves) {
  EXPECT_EQ(Admitted(Party("a", 1, 3), 10), 3);
  EXPECT_EQ(Admitted(Party("b", 1, 2), 10), 2);
}

TEST_F(CallRatesTest, NoLimitIsNoLimit) { EXPECT_EQ(Admitted(Party("a", 0, 1), 1000), 1000); }

TEST_F(CallRatesTest, WhatWasSpentStaysSpentWhenTheLimitsChange) {
  EXPECT_EQ(Admitted(Party("a", 1, 5), 10), 5);
  EXPECT_EQ(Admitted(Party("a", 1, 5), 10), 0);
  EXPECT_EQ(Admitted(Party("a", 1, 8), 10), 3);
  EXPECT_EQ(Admitted(Party("a", 1, 2), 10), 0);
}

TEST_F(CallRatesTest, ForgottenPartyBeginsAnewAndOthersDoNot) {
  EXPECT_EQ(Admitted(Party("a", 1, 2), 10), 2);
  EXPECT_EQ(Admitted(Party("b", 1, 2), 10), 2);
  rates_.KeepOnly({"b"});
  EXPECT_EQ(Admitted(Party("a", 1, 2), 10), 2);
  EXPECT_EQ(Admitted(Party("b", 1, 2), 10), 0);
}

TEST_F(CallRatesTest, ThreadsTogetherGetTheBurstAndNoMore) {
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { admitted += Admitted(Party("a", 1, 50), 100); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 50);
}

}  // namespace
}  // namespace enkrat::server

// What every ledger promises about quotas: exact, durable, and counted by what begins alone.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "store/quota_counters.h"
#include "tests/contract/ledger_contract.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerFailure;
using ::enkrat::testing::LedgerIntent;

template <typename Home>
class LedgerQuotas : public LedgerContract<Home> {
 protected:
  static Quota QuotaOf(uint8_t whose, uint32_t limit, absl::Time window = LedgerEpoch()) {
    return {.key = Bytes(32, whose), .window_start = window, .limit = limit};
  }
  IntentOutcome Begin(int n, std::vector<Quota> quotas) {
    SessionIntent intent = LedgerIntent(n);
    intent.quotas = std::move(quotas);
    return this->ledger().RecordIntent(intent).value();
  }
};

TYPED_TEST_SUITE(LedgerQuotas, LedgerHomes);

TYPED_TEST(LedgerQuotas, SessionOverTheLimitIsNotRecorded) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 2)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(7, 2)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(3, {this->QuotaOf(7, 2)}), IntentOutcome::kQuotaExceeded);
  EXPECT_EQ(this->ledger().Statistics().value().sessions_open, 2u);
  EXPECT_FALSE(this->ledger().FindSession(kRp, LedgerIntent(3).request_id).value().has_value());
}

TYPED_TEST(LedgerQuotas, ExceededQuotaLeavesAssertionAndRequestIdForLater) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 0)}), IntentOutcome::kQuotaExceeded);
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerQuotas, OneExceededQuotaCountsInNoOther) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(1, 1), this->QuotaOf(2, 0)}),
            IntentOutcome::kQuotaExceeded);
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(1, 1)}), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerQuotas, SpentAssertionCountsNothing) {
  EXPECT_EQ(this->Begin(1, {}), IntentOutcome::kRecorded);
  SessionIntent replay = LedgerIntent(2);
  replay.assertion_id = LedgerIntent(1).assertion_id;
  replay.quotas = {this->QuotaOf(7, 1)};
  EXPECT_EQ(this->ledger().RecordIntent(replay).value(), IntentOutcome::kAssertionSpent);
  EXPECT_EQ(this->Begin(3, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerQuotas, TakenRequestIdIsToldBeforeTheQuota) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRequestIdTaken);
}

TYPED_TEST(LedgerQuotas, FailedSessionStaysCounted) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
  ASSERT_THAT(this->ledger().FailSession(LedgerFailure(1)), IsOk());
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(7, 1)}), IntentOutcome::kQuotaExceeded);
}

TYPED_TEST(LedgerQuotas, WindowsAndKeysCountForThemselves) {
  const absl::Time tomorrow = LedgerEpoch() + absl::Hours(24);
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(8, 1)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(3, {this->QuotaOf(7, 1, tomorrow)}), IntentOutcome::kRecorded);
  EXPECT_EQ(this->Begin(4, {this->QuotaOf(7, 1)}), IntentOutcome::kQuotaExceeded);
}

TYPED_TEST(LedgerQuotas, LoweredLimitCountsWhatWasThere) {
  for (int n = 1; n <= 3; ++n) this->Begin(n, {this->QuotaOf(7, 10)});
  EXPECT_EQ(this->Begin(4, {this->QuotaOf(7, 3)}), IntentOutcome::kQuotaExceeded);
  EXPECT_EQ(this->Begin(5, {this->QuotaOf(7, 4)}), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerQuotas, CountersOutliveReopening) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
  this->Reopen();
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(7, 1)}), IntentOutcome::kQuotaExceeded);
}

TYPED_TEST(LedgerQuotas, ExactlyTheLimitGetsThroughFromSixteenThreads) {
  std::atomic<int> recorded{0};
  std::atomic<int> exceeded{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const IntentOutcome outcome = this->Begin(100 + i, {this->QuotaOf(7, 5)});
      recorded += outcome == IntentOutcome::kRecorded ? 1 : 0;
      exceeded += outcome == IntentOutcome::kQuotaExceeded ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(recorded, 5);
  EXPECT_EQ(exceeded, 11);
}

TYPED_TEST(LedgerQuotas, CountersOfOldWindowsAreDropped) {
  EXPECT_EQ(this->Begin(1, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
  const absl::Time last = LedgerEpoch() + kQuotaWindowKept;
  ASSERT_THAT(this->ledger().DropExpired(last), IsOk());
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(7, 1)}), IntentOutcome::kQuotaExceeded);
  EXPECT_EQ(this->ledger().DropExpired(last + absl::Microseconds(1)).value(), 1u);
  EXPECT_EQ(this->Begin(2, {this->QuotaOf(7, 1)}), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerQuotas, QuotaWithoutAKeyIsRefused) {
  SessionIntent intent = LedgerIntent(1);
  intent.quotas = {{.key = {}, .window_start = LedgerEpoch(), .limit = 1}};
  EXPECT_THAT(this->ledger().RecordIntent(intent), FailsWith(Reason::kInternal));
}

}  // namespace
}  // namespace enkrat::store

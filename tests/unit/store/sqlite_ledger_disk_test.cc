// Tests of the SQLite ledger on a disk that fails.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "store/sqlite_ledger.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FaultyDisk;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerOptions;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;

class SqliteLedgerDisk : public ::testing::TestWithParam<FaultyDisk::Fault> {
 protected:
  SqliteLedger::Options Options() {
    SqliteLedger::Options options = LedgerOptions(folder_.File("ledger.db"));
    options.vfs_name = disk_.vfs_name();
    return options;
  }
  void Open(size_t queue_limit = 4096) {
    ledger_.reset();
    SqliteLedger::Options options = Options();
    options.queue_limit = queue_limit;
    ledger_ = SqliteLedger::Create(options).value();
  }

  // The next fsync counts syncing_ down and waits for go_.
  void BlockNextSync() {
    disk_.OnSync([this] {
      if (synced_.exchange(true)) return;
      syncing_.count_down();
      go_.wait();
    });
  }

  testing::ScratchFolder folder_;
  FaultyDisk disk_;
  std::latch syncing_{1};
  std::latch go_{1};
  std::atomic<bool> synced_{false};
  std::unique_ptr<SqliteLedger> ledger_;
};

TEST_P(SqliteLedgerDisk, FailedIntentSpendsNothing) {
  Open();
  disk_.Set(GetParam());
  EXPECT_THAT(ledger_->RecordIntent(LedgerIntent(1)), FailsWith(Reason::kStoreUnavailable));
  EXPECT_FALSE(ledger_->FindSessionById(LedgerSessionId(1)).value().has_value());
  disk_.Set(FaultyDisk::Fault::kNone);
  EXPECT_EQ(ledger_->RecordIntent(LedgerIntent(1)).value(), IntentOutcome::kRecorded);
}

TEST_P(SqliteLedgerDisk, FailedCompletionLeavesTheSessionOpen) {
  Open();
  ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(1)), IsOk());
  disk_.Set(GetParam());
  EXPECT_THAT(ledger_->CompleteSession(LedgerCompletion(1)), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(ledger_->FindSessionById(LedgerSessionId(1)).value()->state, SessionState::kOpen);
  EXPECT_FALSE(ledger_->FindCertificateBySerial(LedgerSerial(1)).value().has_value());
  disk_.Set(FaultyDisk::Fault::kNone);
  EXPECT_THAT(ledger_->CompleteSession(LedgerCompletion(1)), IsOk());
}

TEST_P(SqliteLedgerDisk, HealthFollowsTheDisk) {
  Open();
  EXPECT_THAT(ledger_->CheckHealth(), IsOk());
  disk_.Set(GetParam());
  EXPECT_THAT(ledger_->CheckHealth(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(ledger_->RecordEvent({"x", LedgerEpoch(), "{}"}),
              FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(ledger_->CloseAbandoned(LedgerEpoch()), IsOk());  // nothing to write
  disk_.Set(FaultyDisk::Fault::kNone);
  EXPECT_THAT(ledger_->CheckHealth(), IsOk());
}

TEST_P(SqliteLedgerDisk, WhatWasAcknowledgedBeforeTheFaultIsThereAfterReopening) {
  Open();
  for (int n = 0; n < 10; ++n) ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(n)), IsOk());
  disk_.Set(GetParam());
  for (int n = 10; n < 20; ++n) EXPECT_FALSE(ledger_->RecordIntent(LedgerIntent(n)).ok());
  ledger_.reset();  // its last checkpoint fails, too
  disk_.Set(FaultyDisk::Fault::kNone);
  Open();
  for (int n = 0; n < 10; ++n) {
    EXPECT_TRUE(ledger_->FindSessionById(LedgerSessionId(n)).value().has_value()) << n;
    SessionIntent again = LedgerIntent(100 + n);
    again.assertion_id = LedgerIntent(n).assertion_id;
    EXPECT_EQ(ledger_->RecordIntent(again).value(), IntentOutcome::kAssertionSpent) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, SqliteLedgerDisk,
                         ::testing::Values(FaultyDisk::Fault::kFull, FaultyDisk::Fault::kWriteFails,
                                           FaultyDisk::Fault::kSyncFails));

using SqliteLedgerSync = SqliteLedgerDisk;

TEST_F(SqliteLedgerSync, ReadOnlyDiskIsUnavailable) {
  disk_.Set(FaultyDisk::Fault::kReadOnly);
  EXPECT_THAT(SqliteLedger::Create(Options()), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(SqliteLedgerSync, NothingIsVisibleOrAcknowledgedBeforeItIsOnDisk) {
  Open();
  BlockNextSync();
  std::atomic<bool> acknowledged{false};
  std::thread caller([&] {
    EXPECT_THAT(ledger_->RecordIntent(LedgerIntent(1)), IsOk());
    acknowledged = true;
  });
  syncing_.wait();
  EXPECT_FALSE(acknowledged);
  EXPECT_FALSE(ledger_->FindSessionById(LedgerSessionId(1)).value().has_value());
  go_.count_down();
  caller.join();
  EXPECT_TRUE(ledger_->FindSessionById(LedgerSessionId(1)).value().has_value());
}

TEST_F(SqliteLedgerSync, SlowDiskFillsTheQueueAndMoreIsRefused) {
  Open(/*queue_limit=*/1);
  BlockNextSync();
  std::thread on_its_way([&] { EXPECT_THAT(ledger_->RecordIntent(LedgerIntent(1)), IsOk()); });
  syncing_.wait();
  std::thread queued([&] { EXPECT_THAT(ledger_->RecordIntent(LedgerIntent(2)), IsOk()); });
  while (ledger_->Statistics().value().writes_waiting < 1) std::this_thread::yield();
  EXPECT_THAT(ledger_->RecordIntent(LedgerIntent(3)), FailsWith(Reason::kOverloaded));
  go_.count_down();
  on_its_way.join();
  queued.join();
  EXPECT_EQ(ledger_->Statistics().value().sessions_open, 2u);
}

}  // namespace
}  // namespace enkrat::store

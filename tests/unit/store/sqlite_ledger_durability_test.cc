// Tests that what the SQLite ledger acknowledged outlives the process that asked for it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "store/sqlite_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerOptions;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;

constexpr int kThreads = 4;
constexpr int kSessionsPerThread = 100'000;  // more than there is time for

// What a thread of the child does: sessions, each reported when it is acknowledged.
void CompleteAndReport(SqliteLedger& ledger, int thread, int report) {
  for (int i = 0; i < kSessionsPerThread; ++i) {
    const int n = thread * kSessionsPerThread + i;
    if (!ledger.RecordIntent(LedgerIntent(n)).ok()) _exit(2);
    if (!ledger.CompleteSession(LedgerCompletion(n)).ok()) _exit(3);
    if (write(report, &n, sizeof(n)) != sizeof(n)) _exit(4);
  }
}

[[noreturn]] void RunChild(const std::string& path, int report) {
  auto ledger = SqliteLedger::Create(LedgerOptions(path));
  if (!ledger.ok()) _exit(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back(&CompleteAndReport, std::ref(**ledger), t, report);
  }
  for (std::thread& thread : threads) thread.join();
  _exit(0);
}

class SqliteLedgerDurability : public ::testing::Test {
 protected:
  // Sessions that a child had completed when it was killed, after at least `least`.
  std::set<int> CompletedByAKilledChild(size_t least) {
    int pipe_ends[2] = {-1, -1};
    EXPECT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[0]);
      RunChild(path_, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    std::set<int> completed;
    int n = 0;
    while (completed.size() < least && read(pipe_ends[0], &n, sizeof(n)) == sizeof(n)) {
      completed.insert(n);
    }
    kill(child, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
    while (read(pipe_ends[0], &n, sizeof(n)) == sizeof(n)) completed.insert(n);
    close(pipe_ends[0]);
    return completed;
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
};

TEST_F(SqliteLedgerDurability, EverythingAcknowledgedOutlivesAKill) {
  const std::set<int> completed = CompletedByAKilledChild(200);
  ASSERT_GE(completed.size(), 200u);
  const auto ledger = SqliteLedger::Create(LedgerOptions(path_)).value();
  for (const int n : completed) {
    const auto session = ledger->FindSessionById(LedgerSessionId(n)).value();
    ASSERT_TRUE(session.has_value()) << n;
    EXPECT_EQ(session->state, SessionState::kCompleted) << n;
    EXPECT_EQ(session->result, LedgerCompletion(n).result) << n;
    EXPECT_EQ(ledger->EvidenceOf(LedgerSessionId(n)).value().size(), 3u) << n;
    EXPECT_TRUE(ledger->FindCertificateBySerial(LedgerSerial(n)).value().has_value()) << n;
    SessionIntent again = LedgerIntent(n + 50'000'000);
    again.assertion_id = LedgerIntent(n).assertion_id;
    EXPECT_EQ(ledger->RecordIntent(again).value(), IntentOutcome::kAssertionSpent) << n;
  }
}

TEST_F(SqliteLedgerDurability, ReaderSeesEverythingAcknowledgedThoughNobodyHasRecoveredTheLog) {
  const std::set<int> completed = CompletedByAKilledChild(50);
  const auto reader = SqliteLedger::Create({.path = path_, .read_only = true});
  ASSERT_THAT(reader, IsOk());
  for (const int n : completed) {
    EXPECT_TRUE((*reader)->FindCertificateBySerial(LedgerSerial(n)).value().has_value()) << n;
  }
}

TEST_F(SqliteLedgerDurability, KilledWriterLeavesNoLockAndAtMostOneOpenSessionAThread) {
  const std::set<int> completed = CompletedByAKilledChild(20);
  const auto ledger = SqliteLedger::Create(LedgerOptions(path_));
  ASSERT_THAT(ledger, IsOk());
  EXPECT_LE((*ledger)->CloseAbandoned(LedgerEpoch()).value(), size_t{kThreads});
  EXPECT_EQ((*ledger)->CloseAbandoned(LedgerEpoch()).value(), 0u);
  EXPECT_EQ((*ledger)->Statistics().value().sessions_open, 0u);
  EXPECT_GE((*ledger)->Statistics().value().sessions_completed, completed.size());
}

TEST_F(SqliteLedgerDurability, WriterOfAnotherProcessIsRefusedAndReaderIsNot) {
  int ready[2] = {-1, -1};
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto ledger = SqliteLedger::Create(LedgerOptions(path_));
    if (!ledger.ok() || !(*ledger)->RecordIntent(LedgerIntent(1)).ok()) _exit(1);
    if (write(ready[1], "x", 1) != 1) _exit(2);
    pause();
    _exit(0);
  }
  close(ready[1]);
  char octet = 0;
  ASSERT_EQ(read(ready[0], &octet, 1), 1);
  EXPECT_THAT(SqliteLedger::Create(LedgerOptions(path_)), FailsWith(Reason::kStoreUnavailable));
  {
    const auto reader = SqliteLedger::Create({.path = path_, .read_only = true});
    ASSERT_THAT(reader, IsOk());
    EXPECT_TRUE((*reader)->FindSessionById(LedgerSessionId(1)).value().has_value());
  }
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ready[0]);
  EXPECT_THAT(SqliteLedger::Create(LedgerOptions(path_)), IsOk());
}

}  // namespace
}  // namespace enkrat::store

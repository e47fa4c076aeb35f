// Tests of group commit: batches, savepoints, bounds, and disks that fail.
#include "store/commit_queue.h"

#include <gtest/gtest.h>

#include <latch>
#include <sstream>
#include <thread>

#include "common/reason.h"
#include "store/ledger_file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FaultyDisk;
using ::enkrat::testing::IsOk;

class CommitQueueTest : public ::testing::Test {
 protected:
  CommitQueueTest() { EXPECT_THAT(CreateLedgerFile(path_), IsOk()); }

  std::unique_ptr<SqliteConnection> Writer() {
    auto writer =
        SqliteConnection::Open(path_, SqliteConnection::Use::kWriting, disk_.vfs_name()).value();
    EXPECT_THAT(writer->Execute("CREATE TABLE IF NOT EXISTS t (x INTEGER UNIQUE, y BLOB)"), IsOk());
    return writer;
  }
  int64_t Rows() {
    return SqliteConnection::Open(path_, SqliteConnection::Use::kReading, "")
        .value()
        ->QueryInteger("SELECT COUNT(*) FROM t")
        .value();
  }
  static absl::Status Insert(SqliteConnection& writer, int64_t x) {
    return writer.Query("INSERT INTO t (x) VALUES (?)").Bind(x).Run();
  }
  static absl::Status Put(CommitQueue& queue, int64_t x) {
    return queue.Commit([x](SqliteConnection& writer) { return Insert(writer, x); });
  }
  // Until `count` writes wait behind the one that is being committed.
  static void WaitFor(const CommitQueue& queue, size_t count) {
    while (queue.waiting() < count) std::this_thread::yield();
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
  FaultyDisk disk_;
};

// Holds the writing thread in its first write until Release.
class Gate {
 public:
  explicit Gate(CommitQueue& queue)
      : caller_([this, &queue] {
          status_ = queue.Commit([this](SqliteConnection&) {
            entered_.count_down();
            open_.wait();
            return absl::OkStatus();
          });
        }) {
    entered_.wait();
  }
  absl::Status Release() {
    open_.count_down();
    caller_.join();
    return status_;
  }

 private:
  std::latch entered_{1};
  std::latch open_{1};
  absl::Status status_;
  std::thread caller_;
};

TEST_F(CommitQueueTest, WriteIsThereWhenCommitReturns) {
  CommitQueue queue(Writer(), {});
  EXPECT_THAT(Put(queue, 1), IsOk());
  EXPECT_EQ(Rows(), 1);
  EXPECT_EQ(queue.writes(), 1u);
  EXPECT_EQ(queue.commits(), 1u);
}

TEST_F(CommitQueueTest, WritesThatWaitShareOneCommit) {
  CommitQueue queue(Writer(), {});
  Gate gate(queue);
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&queue, i] { EXPECT_THAT(Put(queue, i), IsOk()); });
  }
  WaitFor(queue, 16);
  EXPECT_THAT(gate.Release(), IsOk());
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Rows(), 16);
  EXPECT_EQ(queue.writes(), 17u);
  EXPECT_EQ(queue.commits(), 2u);
}

TEST_F(CommitQueueTest, MemberThatFailsDoesNotHurtItsBatch) {
  CommitQueue queue(Writer(), {});
  Gate gate(queue);
  absl::Status duplicate;
  absl::Status own_error;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&queue, i] { EXPECT_THAT(Put(queue, i), IsOk()); });
  }
  WaitFor(queue, 4);
  callers.emplace_back([&] {
    duplicate = queue.Commit([](SqliteConnection& writer) {
      EXPECT_THAT(Insert(writer, 100), IsOk());  // undone with what follows
      return Insert(writer, 0);
    });
  });
  callers.emplace_back([&] {
    own_error = queue.Commit([](SqliteConnection& writer) {
      EXPECT_THAT(Insert(writer, 200), IsOk());
      return MakeError(Reason::kNotFound, "changed my mind");
    });
  });
  WaitFor(queue, 6);
  EXPECT_THAT(gate.Release(), IsOk());
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(duplicate, FailsWith(Reason::kInternal));
  EXPECT_THAT(own_error, FailsWith(Reason::kNotFound));
  EXPECT_EQ(Rows(), 4);
  EXPECT_EQ(queue.writes(), 5u);
}

TEST_F(CommitQueueTest, FullQueueRefusesAtOnce) {
  CommitQueue queue(Writer(), {.queue_limit = 2});
  Gate gate(queue);
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&queue, i] { EXPECT_THAT(Put(queue, i), IsOk()); });
  }
  WaitFor(queue, 2);
  EXPECT_THAT(Put(queue, 7), FailsWith(Reason::kOverloaded));
  EXPECT_THAT(gate.Release(), IsOk());
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(Put(queue, 8), IsOk());
  EXPECT_EQ(Rows(), 3);
}

TEST_F(CommitQueueTest, DestructionCommitsWhatIsQueued) {
  auto queue = std::make_unique<CommitQueue>(Writer(), CommitQueue::Options{});
  CommitQueue& same = *queue;
  Gate gate(same);
  std::thread caller([&same] { EXPECT_THAT(Put(same, 1), IsOk()); });
  WaitFor(same, 1);
  std::thread destroyer([&queue] { queue.reset(); });
  EXPECT_THAT(gate.Release(), IsOk());
  caller.join();
  destroyer.join();
  EXPECT_EQ(Rows(), 1);
}

// Writes `x` once `open` is, and returns when the caller has given up on it. Its wait is so short
// that the write may not have begun by then, and so never will: then again.
absl::Status GiveUpOnBegunWrite(CommitQueue& queue, int64_t x, std::shared_ptr<std::latch> open) {
  const auto begun = std::make_shared<std::atomic<bool>>(false);
  absl::Status status;
  while (!*begun) {
    status = queue.Commit([begun, open, x](SqliteConnection& writer) {
      *begun = true;
      open->wait();
      return writer.Query("INSERT INTO t (x) VALUES (?)").Bind(x).Run();
    });
  }
  return status;
}

TEST_F(CommitQueueTest, CallerIsToldWhenTheDiskHangsAndItsWriteMayStillHappen) {
  CommitQueue queue(Writer(), {.longest_wait = absl::Milliseconds(1)});
  const auto open = std::make_shared<std::latch>(1);
  const absl::Status status = GiveUpOnBegunWrite(queue, 1, open);
  EXPECT_THAT(status, FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(status.message(), "the disk does not answer");
  open->count_down();
  while (queue.commits() == 0) std::this_thread::yield();
  EXPECT_EQ(Rows(), 1);
}

TEST_F(CommitQueueTest, WriteThatHasNotBegunWhenItsCallerGivesUpNeverHappens) {
  CommitQueue queue(Writer(), {.longest_wait = absl::Milliseconds(1)});
  const auto open = std::make_shared<std::latch>(1);
  EXPECT_THAT(GiveUpOnBegunWrite(queue, 1, open), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(Put(queue, 2), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(queue.waiting(), 0u);
  open->count_down();
  while (queue.commits() == 0) std::this_thread::yield();
  EXPECT_EQ(Rows(), 1);
}

class FailingDisk : public CommitQueueTest,
                    public ::testing::WithParamInterface<FaultyDisk::Fault> {};

TEST_P(FailingDisk, FailsTheWholeBatchAndTheNextSucceedsWhenTheDiskIsBack) {
  CommitQueue queue(Writer(), {});
  ASSERT_THAT(Put(queue, 1), IsOk());
  Gate gate(queue);
  std::vector<std::thread> callers;
  for (int i = 10; i < 14; ++i) {
    callers.emplace_back(
        [&queue, i] { EXPECT_THAT(Put(queue, i), FailsWith(Reason::kStoreUnavailable)); });
  }
  WaitFor(queue, 4);
  disk_.Set(GetParam());
  gate.Release().IgnoreError();
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(Put(queue, 2), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(Rows(), 1);
  disk_.Set(FaultyDisk::Fault::kNone);
  EXPECT_THAT(Put(queue, 2), IsOk());
  EXPECT_THAT(Put(queue, 10), IsOk());
  EXPECT_EQ(Rows(), 3);
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingDisk,
                         ::testing::Values(FaultyDisk::Fault::kFull, FaultyDisk::Fault::kWriteFails,
                                           FaultyDisk::Fault::kSyncFails));

TEST_F(CommitQueueTest, PageLimitWithinAWriteFailsIt) {
  auto writer = Writer();
  ASSERT_THAT(writer->Execute("PRAGMA max_page_count=10"), IsOk());
  CommitQueue queue(std::move(writer), {});
  const absl::Status status = queue.Commit([](SqliteConnection& w) {
    const Bytes large(100'000, 1);
    return w.Query("INSERT INTO t (y) VALUES (?)").Bind(ByteSpan(large)).Run();
  });
  EXPECT_THAT(status, FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(Put(queue, 1), IsOk());
  EXPECT_EQ(Rows(), 1);
}

TEST_F(CommitQueueTest, DeletedFileFailsWritesInsteadOfLosingThem) {
  CommitQueue queue(Writer(), {});
  ASSERT_THAT(Put(queue, 1), IsOk());
  ASSERT_EQ(std::remove(path_.c_str()), 0);
  EXPECT_THAT(Put(queue, 2), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(CommitQueueTest, TroubleIsLoggedWhenItBeginsAndWhenItEnds) {
  std::ostringstream log;
  testing::FakeClock clock;
  Logger logger(log, clock);
  CommitQueue queue(Writer(), {.logger = &logger});
  disk_.Set(FaultyDisk::Fault::kFull);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Put(queue, i).ok());
  disk_.Set(FaultyDisk::Fault::kNone);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Put(queue, i), IsOk());
  const std::string text = log.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_NE(text.find("cannot commit"), std::string::npos);
  EXPECT_NE(text.find("commits again"), std::string::npos);
}

}  // namespace
}  // namespace enkrat::store

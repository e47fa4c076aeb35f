// Tests of the SQLite ledger beyond the contract: whose file it takes, who may open it beside whom.
#include "store/sqlite_ledger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "store/ledger_writes.h"
#include "store/schema.h"
#include "store/sqlite_connection.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerFailure;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerOptions;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;

class SqliteLedgerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<SqliteLedger>> Open() {
    return SqliteLedger::Create(LedgerOptions(path_));
  }
  absl::StatusOr<std::unique_ptr<SqliteLedger>> OpenForReading() {
    return SqliteLedger::Create({.path = path_, .read_only = true});
  }
  // Changes a closed ledger behind its back.
  void Tamper(const char* sql) {
    const auto connection =
        SqliteConnection::Open(path_, SqliteConnection::Use::kWriting, "").value();
    EXPECT_THAT(connection->Execute(sql), IsOk());
  }
  std::string AllOctets() {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
};

TEST_F(SqliteLedgerTest, FilesAreForTheirOwnerOnly) {
  const mode_t before = umask(0);
  const auto ledger = Open();
  ASSERT_THAT(ledger, IsOk());
  ASSERT_THAT((*ledger)->CheckHealth(), IsOk());
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777, 0600u) << suffix;
  }
}

TEST_F(SqliteLedgerTest, FileOrFolderThatOthersCanWriteIsRefused) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_EQ(chmod(path_.c_str(), 0666), 0);
  EXPECT_THAT(Open(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(OpenForReading(), FailsWith(Reason::kConfigurationInvalid));
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_THAT(Open(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(OpenForReading(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SqliteLedgerTest, MissingFolderIsUnavailable) {
  EXPECT_THAT(SqliteLedger::Create(LedgerOptions(folder_.File("no/ledger.db"))),
              FailsWith(Reason::kStoreUnavailable));
}

TEST_F(SqliteLedgerTest, NewerSchemaIsRefused) {
  ASSERT_THAT(Open(), IsOk());
  Tamper("PRAGMA user_version=99");
  EXPECT_THAT(Open(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(OpenForReading(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SqliteLedgerTest, FileOfAnotherApplicationIsRefusedAndNotTouched) {
  {
    std::ofstream create(path_);
    Tamper("PRAGMA journal_mode=DELETE; PRAGMA application_id=7; CREATE TABLE theirs (x)");
  }
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  const std::string before = AllOctets();
  EXPECT_THAT(Open(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(AllOctets(), before);
}

TEST_F(SqliteLedgerTest, FileThatIsNoDatabaseIsUnavailable) {
  std::ofstream(path_) << std::string(10'000, 'x');
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  EXPECT_THAT(Open(), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(SqliteLedgerTest, CorruptedPagesAreUnavailable) {
  {
    const auto ledger = Open().value();
    for (int n = 0; n < 50; ++n) {
      ASSERT_THAT(ledger->RecordIntent(LedgerIntent(n)), IsOk());
    }
  }
  {
    // All but the header and the schema, on page 1.
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    const auto size = std::filesystem::file_size(path_);
    file << std::string(size - 4096, '\xa5');
  }
  const auto ledger = Open();
  EXPECT_TRUE(!ledger.ok() || !(*ledger)->RecordIntent(LedgerIntent(100)).ok());
  if (ledger.ok()) {
    EXPECT_THAT((*ledger)->RecordIntent(LedgerIntent(100)), FailsWith(Reason::kStoreUnavailable));
    EXPECT_THAT((*ledger)->FindSessionById(LedgerSessionId(1)),
                FailsWith(Reason::kStoreUnavailable));
  } else {
    EXPECT_THAT(ledger, FailsWith(Reason::kStoreUnavailable));
  }
}

TEST_F(SqliteLedgerTest, SecondWriterIsRefusedUntilTheFirstIsGone) {
  auto first = Open();
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Open(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT((*first)->CheckHealth(), IsOk());
  first->reset();
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(SqliteLedgerTest, ReaderBesideTheWriterSeesWhatIsCommitted) {
  const auto writer = Open().value();
  const auto reader = OpenForReading().value();
  EXPECT_FALSE(reader->FindSessionById(LedgerSessionId(1)).value().has_value());
  ASSERT_THAT(writer->RecordIntent(LedgerIntent(1)), IsOk());
  ASSERT_THAT(writer->CompleteSession(LedgerCompletion(1)), IsOk());
  EXPECT_EQ(reader->FindSessionById(LedgerSessionId(1)).value()->state, SessionState::kCompleted);
  EXPECT_EQ(reader->EvidenceOf(LedgerSessionId(1)).value().size(), 3u);
  EXPECT_EQ(reader->Statistics().value().sessions_completed, 1u);
}

TEST_F(SqliteLedgerTest, ReaderWorksWhenNobodyWrites) {
  {
    const auto writer = Open().value();
    ASSERT_THAT(writer->RecordIntent(LedgerIntent(1)), IsOk());
  }
  const auto reader = OpenForReading().value();
  EXPECT_TRUE(reader->FindSessionById(LedgerSessionId(1)).value().has_value());
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(SqliteLedgerTest, ReaderOfNothingIsUnavailableAndCreatesNothing) {
  EXPECT_THAT(OpenForReading(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(SqliteLedgerTest, ReaderWritesNothing) {
  ASSERT_THAT(Open().value()->RecordIntent(LedgerIntent(1)), IsOk());
  const auto reader = OpenForReading().value();
  EXPECT_THAT(reader->RecordIntent(LedgerIntent(2)), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->CompleteSession(LedgerCompletion(1)), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->FailSession(LedgerFailure(1)), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->RecordEvent({"x", LedgerEpoch(), "{}"}),
              FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->CloseAbandoned(LedgerEpoch()), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->DropExpired(LedgerEpoch()), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(reader->CheckHealth(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_EQ(reader->FindSessionById(LedgerSessionId(1)).value()->state, SessionState::kOpen);
}

TEST_F(SqliteLedgerTest, FileHoldsNoAssertionId) {
  SessionIntent intent = LedgerIntent(1);
  intent.assertion_id = "a-very-recognisable-assertion-id";
  const auto ledger = Open().value();
  ASSERT_THAT(ledger->RecordIntent(intent), IsOk());
  const std::string all = AllOctets();
  EXPECT_NE(all.find(intent.session_id), std::string::npos);
  EXPECT_EQ(all.find(intent.assertion_id), std::string::npos);
  // Nor its bare hash, with which somebody could look for a known one.
  const auto bare = Sha256(AsSpan(intent.assertion_id));
  EXPECT_EQ(all.find(ToString(bare)), std::string::npos);
}

TEST_F(SqliteLedgerTest, SpentKeySeparatesSaltIssuerAndId) {
  const Bytes salt(32, 1);
  const Bytes other_salt(32, 2);
  EXPECT_EQ(SpentKey(salt, "i", "a"), SpentKey(salt, "i", "a"));
  EXPECT_NE(SpentKey(salt, "i", "a"), SpentKey(other_salt, "i", "a"));
  EXPECT_NE(SpentKey(salt, "ia", ""), SpentKey(salt, "i", "a"));
  EXPECT_NE(SpentKey(salt, "a", "i"), SpentKey(salt, "i", "a"));
}

TEST_F(SqliteLedgerTest, ManyAbandonedSessionsAreClosedInPieces) {
  const auto ledger = Open().value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&ledger, t] {
      for (int n = 0; n < 100; ++n) {
        EXPECT_THAT(ledger->RecordIntent(LedgerIntent(1000 * t + n)), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ledger->CloseAbandoned(LedgerEpoch()).value(), 1200u);
  EXPECT_EQ(ledger->DropExpired(LedgerEpoch() + absl::Hours(2)).value(), 1200u);
  const LedgerStatistics statistics = ledger->Statistics().value();
  EXPECT_EQ(statistics.sessions_abandoned, 1200u);
  EXPECT_EQ(statistics.sessions_open, 0u);
}

TEST_F(SqliteLedgerTest, ConcurrentCallersShareCommits) {
  const auto ledger = Open().value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&ledger, t] {
      for (int n = 0; n < 20; ++n) {
        EXPECT_THAT(ledger->RecordIntent(LedgerIntent(100 * t + n)), IsOk());
        EXPECT_THAT(ledger->CompleteSession(LedgerCompletion(100 * t + n)), IsOk());
        EXPECT_TRUE(ledger->FindCertificateBySerial(LedgerSerial(100 * t + n)).value().has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const LedgerStatistics statistics = ledger->Statistics().value();
  EXPECT_EQ(statistics.writes, 640u);
  EXPECT_LT(statistics.commits, statistics.writes);
  EXPECT_EQ(statistics.sessions_completed, 320u);
}

}  // namespace
}  // namespace enkrat::store

// Tests of the schema: whose file it is, how it is migrated, and that lookups use an index.
#include "store/schema.h"

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "store/ledger_file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/software_key_wrapper.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class Schema : public ::testing::Test {
 protected:
  Schema() {
    EXPECT_THAT(CreateLedgerFile(folder_.File("ledger.db")), IsOk());
    writer_ = Open();
  }

  std::unique_ptr<SqliteConnection> Open() {
    return SqliteConnection::Open(folder_.File("ledger.db"), SqliteConnection::Use::kWriting, "")
        .value();
  }
  absl::Status Migrate() {
    return MigrateSchema(*writer_, {.wrapper = &wrapper_, .now = absl::UnixEpoch()});
  }
  // `explain` begins with EXPLAIN QUERY PLAN.
  std::string PlanOf(const char* explain) {
    SqliteQuery query = writer_->Query(explain);
    std::string plan;
    while (query.Step().value()) absl::StrAppend(&plan, query.Text(3), "; ");
    return plan;
  }

  testing::ScratchFolder folder_;
  testing::SoftwareKeyWrapper wrapper_;
  std::unique_ptr<SqliteConnection> writer_;
};

TEST_F(Schema, EmptyFileBecomesALedger) {
  EXPECT_THAT(CheckIdentity(*writer_), IsOk());
  EXPECT_THAT(CheckSchema(*writer_), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Migrate(), IsOk());
  EXPECT_THAT(CheckSchema(*writer_), IsOk());
  EXPECT_EQ(writer_->QueryInteger("PRAGMA application_id").value(), 0x456e6b72);
  EXPECT_EQ(writer_->QueryInteger("PRAGMA user_version").value(), CurrentSchemaVersion());
}

TEST_F(Schema, MigratingAgainChangesNothing) {
  ASSERT_THAT(Migrate(), IsOk());
  const Bytes salt = ReadAssertionSalt(*writer_).value();
  EXPECT_EQ(salt.size(), 32u);
  writer_ = Open();
  EXPECT_THAT(Migrate(), IsOk());
  EXPECT_EQ(ReadAssertionSalt(*writer_).value(), salt);
}

TEST_F(Schema, NewerSchemaIsRefusedAndLeftAlone) {
  ASSERT_THAT(Migrate(), IsOk());
  ASSERT_THAT(
      writer_->Execute(absl::StrCat("PRAGMA user_version=", CurrentSchemaVersion() + 1).c_str()),
      IsOk());
  EXPECT_THAT(CheckIdentity(*writer_), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Migrate(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(writer_->QueryInteger("PRAGMA user_version").value(), CurrentSchemaVersion() + 1);
}

TEST_F(Schema, NegativeVersionIsRefused) {
  ASSERT_THAT(Migrate(), IsOk());
  ASSERT_THAT(writer_->Execute("PRAGMA user_version=-1"), IsOk());
  EXPECT_THAT(Migrate(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(Schema, FileOfAnotherApplicationIsRefused) {
  ASSERT_THAT(writer_->Execute("PRAGMA application_id=7"), IsOk());
  EXPECT_THAT(Migrate(), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(Schema, NamelessFileWithTablesIsRefused) {
  ASSERT_THAT(writer_->Execute("CREATE TABLE theirs (x)"), IsOk());
  EXPECT_THAT(Migrate(), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(writer_->QueryInteger("SELECT COUNT(*) FROM sqlite_schema").value(), 1);
}

TEST_F(Schema, MigrationThatFailsLeavesTheFileEmpty) {
  ASSERT_THAT(writer_->Execute("PRAGMA max_page_count=2"), IsOk());
  EXPECT_THAT(Migrate(), FailsWith(Reason::kStoreUnavailable));
  EXPECT_FALSE(writer_->InTransaction());
  ASSERT_THAT(writer_->Execute("PRAGMA max_page_count=1000"), IsOk());
  EXPECT_EQ(writer_->QueryInteger("SELECT COUNT(*) FROM sqlite_schema").value(), 0);
  EXPECT_THAT(Migrate(), IsOk());
}

TEST_F(Schema, LostSaltIsNotMadeAnew) {
  ASSERT_THAT(Migrate(), IsOk());
  ASSERT_THAT(writer_->Execute("DELETE FROM meta WHERE key = 'assertion-salt'"), IsOk());
  EXPECT_THAT(Migrate(), IsOk());
  EXPECT_THAT(ReadAssertionSalt(*writer_), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(Schema, EveryTableHasARowid) {
  ASSERT_THAT(Migrate(), IsOk());
  EXPECT_EQ(
      writer_->QueryInteger("SELECT COUNT(*) FROM sqlite_schema WHERE sql LIKE '%WITHOUT ROWID%'")
          .value(),
      0);
}

#define EXPLAIN "EXPLAIN QUERY PLAN "
TEST_F(Schema, LookupsScanNoTable) {
  ASSERT_THAT(Migrate(), IsOk());
  for (const char* sql : {
           EXPLAIN "SELECT id FROM sessions WHERE relying_party = ? AND request_id = ?",
           EXPLAIN "SELECT id FROM sessions WHERE session_id = ? AND state = 0",
           EXPLAIN "SELECT id FROM sessions WHERE state = 0 ORDER BY id LIMIT ?",
           EXPLAIN "SELECT id FROM certificates WHERE serial_number = ?",
           EXPLAIN "SELECT id FROM certificates WHERE fingerprint_sha256 = ?",
           EXPLAIN
           "SELECT id FROM certificates WHERE relying_party = ? AND id <= ? ORDER BY id DESC",
           EXPLAIN "SELECT MAX(seq) FROM evidence WHERE session = ?",
           EXPLAIN "SELECT step FROM evidence WHERE session = ? ORDER BY seq",
           EXPLAIN "SELECT id FROM spent_assertions WHERE expires_us < ? LIMIT ?",
           EXPLAIN "SELECT step FROM evidence WHERE session IS NULL AND at_us >= ?"
                   " ORDER BY at_us, id LIMIT ?",
           EXPLAIN "SELECT id FROM evidence WHERE session IS NULL AND at_us < ? AND step IN (?, ?)",
           EXPLAIN "SELECT MIN(relying_party) FROM sessions WHERE relying_party > ?",
           EXPLAIN "SELECT amount FROM quota_counters WHERE quota_key = ? AND window_us = ?",
           EXPLAIN "SELECT id FROM quota_counters WHERE window_us < ? LIMIT ?",
           EXPLAIN "SELECT session FROM personal_data WHERE subject_key = ? AND session > ?"
                   " ORDER BY session LIMIT ?",
           EXPLAIN "SELECT session FROM personal_data WHERE ends_us <= ?"
                   " AND (ends_us, session) > (?, ?) ORDER BY ends_us, session LIMIT ?",
           EXPLAIN "SELECT id FROM certificates WHERE session = ?",
           EXPLAIN "SELECT relying_party FROM sessions WHERE relying_party > ?"
                   " ORDER BY relying_party LIMIT 1",
           EXPLAIN "SELECT session FROM results WHERE expires_us < ? LIMIT ?",
       }) {
    const std::string plan = PlanOf(sql);
    EXPECT_NE(plan.find("INDEX"), std::string::npos) << sql << ": " << plan;
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql << ": " << plan;
  }
}

#undef EXPLAIN

}  // namespace
}  // namespace enkrat::store

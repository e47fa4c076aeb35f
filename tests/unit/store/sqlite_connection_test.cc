// Tests of one SQLite connection: its settings, its errors, its prepared statements.
#include "store/sqlite_connection.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/ledger_file.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FaultyDisk;
using ::enkrat::testing::IsOk;
using Use = SqliteConnection::Use;

class SqliteConnectionTest : public ::testing::Test {
 protected:
  SqliteConnectionTest() { EXPECT_THAT(CreateLedgerFile(path_), IsOk()); }

  std::unique_ptr<SqliteConnection> Open(Use use) {
    return SqliteConnection::Open(path_, use, "").value();
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
};

TEST_F(SqliteConnectionTest, WriterIsDurable) {
  const auto writer = Open(Use::kWriting);
  EXPECT_EQ(writer->QueryText("PRAGMA journal_mode").value(), "wal");
  EXPECT_EQ(writer->QueryInteger("PRAGMA synchronous").value(), 2);
  EXPECT_EQ(writer->QueryInteger("PRAGMA foreign_keys").value(), 1);
  EXPECT_EQ(writer->QueryInteger("PRAGMA mmap_size").value(), 0);
  EXPECT_GT(writer->QueryInteger("PRAGMA wal_autocheckpoint").value(), 0);
}

TEST_F(SqliteConnectionTest, ReaderNeitherWritesNorCheckpoints) {
  const auto writer = Open(Use::kWriting);
  ASSERT_THAT(writer->Execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)"), IsOk());
  const auto reader = Open(Use::kReading);
  EXPECT_EQ(reader->QueryInteger("SELECT x FROM t").value(), 1);
  EXPECT_FALSE(reader->Execute("INSERT INTO t VALUES (2)").ok());
  EXPECT_EQ(reader->QueryInteger("PRAGMA wal_autocheckpoint").value(), 0);
  EXPECT_EQ(reader->QueryInteger("PRAGMA mmap_size").value(), 0);
  EXPECT_EQ(writer->QueryInteger("SELECT COUNT(*) FROM t").value(), 1);
}

TEST_F(SqliteConnectionTest, ReaderThatClosesLastLeavesTheLogAlone) {
  auto writer = Open(Use::kWriting);
  ASSERT_THAT(writer->Execute("CREATE TABLE t (x)"), IsOk());
  auto reader = Open(Use::kReading);
  ASSERT_THAT(reader->QueryInteger("SELECT COUNT(*) FROM t"), IsOk());
  writer.reset();  // the reader hinders its last checkpoint
  const auto size = std::filesystem::file_size(path_ + "-wal");
  ASSERT_GT(size, 0u);
  reader.reset();
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), size);
}

TEST_F(SqliteConnectionTest, MissingFileIsNotCreated) {
  for (const Use use : {Use::kWriting, Use::kReading}) {
    EXPECT_THAT(SqliteConnection::Open(folder_.File("other.db"), use, ""),
                FailsWith(Reason::kStoreUnavailable));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.File("other.db")));
}

TEST_F(SqliteConnectionTest, FileThatIsNoDatabaseIsUnavailable) {
  std::ofstream(path_) << std::string(8192, 'x');
  EXPECT_THAT(SqliteConnection::Open(path_, Use::kWriting, ""),
              FailsWith(Reason::kStoreUnavailable));
}

TEST_F(SqliteConnectionTest, ReadOnlyDiskIsUnavailableToTheWriter) {
  FaultyDisk disk;
  disk.Set(FaultyDisk::Fault::kReadOnly);
  EXPECT_THAT(SqliteConnection::Open(path_, Use::kWriting, disk.vfs_name()),
              FailsWith(Reason::kStoreUnavailable));
}

TEST_F(SqliteConnectionTest, ViolatedConstraintIsOursAndNamesNoValue) {
  const auto writer = Open(Use::kWriting);
  ASSERT_THAT(writer->Execute("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES ('secret')"),
              IsOk());
  const absl::Status status = writer->Query("INSERT INTO t VALUES (?)").Bind("secret").Run();
  EXPECT_THAT(status, FailsWith(Reason::kInternal));
  EXPECT_EQ(status.message().find("secret"), absl::string_view::npos);
}

TEST_F(SqliteConnectionTest, ForeignKeysAreEnforced) {
  const auto writer = Open(Use::kWriting);
  ASSERT_THAT(writer->Execute("CREATE TABLE a (id INTEGER PRIMARY KEY);"
                              "CREATE TABLE b (a INTEGER REFERENCES a (id))"),
              IsOk());
  EXPECT_THAT(writer->Execute("INSERT INTO b VALUES (7)"), FailsWith(Reason::kInternal));
}

TEST_F(SqliteConnectionTest, WrongSqlIsOurs) {
  const auto writer = Open(Use::kWriting);
  EXPECT_THAT(writer->Execute("SELEKT"), FailsWith(Reason::kInternal));
  EXPECT_THAT(writer->Query("SELEKT").Bind(1).Bind("x").Run(), FailsWith(Reason::kInternal));
  EXPECT_THAT(writer->QueryInteger("SELECT 1 WHERE 0"), FailsWith(Reason::kInternal));
}

TEST_F(SqliteConnectionTest, BindingMoreThanThereAreParametersFails) {
  const auto writer = Open(Use::kWriting);
  EXPECT_THAT(writer->Query("SELECT ?").Bind(1).Bind(2).Run(), FailsWith(Reason::kInternal));
}

TEST_F(SqliteConnectionTest, ValuesComeBackAsTheyWereBound) {
  const auto writer = Open(Use::kWriting);
  const std::string text("a\0b", 3);
  const Bytes octets = {0, 255, 7};
  SqliteQuery query = writer->Query("SELECT ?, ?, ?, ?, ?, ?");
  query.Bind(int64_t{-5}).Bind(absl::string_view(text)).Bind(ByteSpan(octets)).BindNull();
  query.Bind(absl::string_view()).Bind(ByteSpan());
  ASSERT_TRUE(query.Step().value());
  EXPECT_EQ(query.Integer(0), -5);
  EXPECT_EQ(query.Text(1), text);
  EXPECT_EQ(query.Octets(2), octets);
  EXPECT_TRUE(query.IsNull(3));
  EXPECT_FALSE(query.IsNull(4));
  EXPECT_EQ(query.Text(4), "");
  EXPECT_FALSE(query.IsNull(5));
  EXPECT_EQ(query.Octets(5), Bytes());
}

TEST_F(SqliteConnectionTest, StatementThatIsInUseIsNotLentTwice) {
  const auto writer = Open(Use::kWriting);
  const char* const sql = "SELECT 1 UNION SELECT 2";
  SqliteQuery first = writer->Query(sql);
  ASSERT_TRUE(first.Step().value());
  EXPECT_THAT(writer->Query(sql).Step(), FailsWith(Reason::kInternal));
  EXPECT_TRUE(first.Step().value());
}

TEST_F(SqliteConnectionTest, StatementIsUsableAfterItFailed) {
  const auto writer = Open(Use::kWriting);
  ASSERT_THAT(writer->Execute("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1)"), IsOk());
  const char* const sql = "INSERT INTO t VALUES (?)";
  EXPECT_THAT(writer->Query(sql).Bind(1).Run(), FailsWith(Reason::kInternal));
  EXPECT_THAT(writer->Query(sql).Bind(2).Run(), IsOk());
  EXPECT_EQ(writer->Changes(), 1);
}

TEST_F(SqliteConnectionTest, MovedFileIsNoticed) {
  const auto writer = Open(Use::kWriting);
  EXPECT_FALSE(writer->FileIsGone());
  std::filesystem::rename(path_, folder_.File("elsewhere.db"));
  EXPECT_TRUE(writer->FileIsGone());
}

}  // namespace
}  // namespace enkrat::store

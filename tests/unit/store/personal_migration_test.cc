// Tests of the step from a ledger that held names in the clear, and of crashes in it and in an
// erasure.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/reason.h"
#include "store/ledger_file.h"
#include "store/schema.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/software_key_wrapper.h"
#include "tests/unit/store/personal_fixture.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FaultyDisk;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;

// What the step and those after it add, taken back: the file as the version before left it.
constexpr char kOlderSchema[] = R"sql(
PRAGMA foreign_keys=OFF;
DROP TABLE personal_data;
DROP TABLE results;
DROP TABLE data_keys;
DROP TABLE problem_reports;
DROP INDEX certificates_by_session;
CREATE TABLE results (
  session    INTEGER PRIMARY KEY REFERENCES sessions (id),
  result     BLOB NOT NULL,
  expires_us INTEGER NOT NULL
);
CREATE INDEX results_by_expiry ON results (expires_us);
ALTER TABLE certificates ADD COLUMN der BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions DROP COLUMN evidence_count;
ALTER TABLE sessions DROP COLUMN evidence_head;
ALTER TABLE sessions DROP COLUMN erased_us;
PRAGMA user_version=4;
)sql";

class PersonalMigration : public PersonalFixture {
 protected:
  // Sessions 1 to `count` of an older version; half of their results have been dropped, and still
  // linger in free pages.
  void MakeOlderLedger(int count) {
    Open();
    for (int n = 1; n <= count; ++n) Complete(n);
    ledger_.reset();
    const auto writer = Behind();
    ASSERT_THAT(writer->Execute(kOlderSchema), IsOk());
    ASSERT_THAT(writer->Execute("PRAGMA secure_delete=OFF"), IsOk());
    for (int n = 1; n <= count; ++n) {
      const SessionCompletion completion = PersonalCompletion(n);
      ASSERT_THAT(writer->Query("UPDATE certificates SET der = ? WHERE id = ?")
                      .Bind(ByteSpan(completion.certificate.der))
                      .Bind(int64_t{n})
                      .Run(),
                  IsOk());
      ASSERT_THAT(writer->Query("INSERT INTO results VALUES (?, ?, ?)")
                      .Bind(int64_t{n})
                      .Bind(ByteSpan(completion.result))
                      .Bind(absl::ToUnixMicros(completion.result_expires_at))
                      .Run(),
                  IsOk());
    }
    ASSERT_THAT(writer->Execute("DELETE FROM results WHERE session % 2 = 0"), IsOk());
    ASSERT_TRUE(FilesHold(Traces(2)[5])) << "a dropped result should linger";
  }
  void ExpectMigrated(int count) {
    for (int n = 1; n <= count; ++n) {
      EXPECT_EQ(ledger_->FindCertificateBySerial(LedgerSerial(n)).value()->der,
                PersonalCompletion(n).certificate.der);
      const SessionRecord session = *ledger_->FindSessionById(LedgerSessionId(n)).value();
      EXPECT_EQ(session.result.has_value(), n % 2 == 1);
      if (session.result.has_value()) {
        EXPECT_EQ(*session.result, PersonalCompletion(n).result);
      }
      ExpectNoTraceOf(n);
    }
  }
};

TEST_F(PersonalMigration, EncryptsWhatIsThereAndLeavesNoTrace) {
  MakeOlderLedger(30);
  ASSERT_TRUE(FilesHold(Traces(1)[0]));
  Open();
  ExpectMigrated(30);
  ledger_.reset();
  ExpectNoTraceOf(2);
}

TEST_F(PersonalMigration, OlderEvidenceHasNoChainAndNewOneHas) {
  MakeOlderLedger(2);
  Open();
  EXPECT_FALSE(ledger_->TrailOf(LedgerSessionId(1)).value()->head.has_value());
  Complete(3);
  EXPECT_TRUE(ledger_->TrailOf(LedgerSessionId(3)).value()->head.has_value());
}

TEST_F(PersonalMigration, OlderSessionsAreErasedWhenDueAndGetNoChainByIt) {
  MakeOlderLedger(2);
  Open();
  EXPECT_EQ(ledger_->EraseDue(Order(DueTime()), 100).value().sessions.size(), 2u);
  const EvidenceTrail trail = *ledger_->TrailOf(LedgerSessionId(1)).value();
  EXPECT_FALSE(trail.head.has_value());
  EXPECT_EQ(trail.evidence.back().step, "personal-data-erased");
  EXPECT_EQ(trail.evidence.size(), 4u);
}

TEST_F(PersonalMigration, WithoutTheHsmNothingChanges) {
  MakeOlderLedger(3);
  testing::SoftwareKeyWrapper wrapper;
  wrapper.SetAway(true);
  SqliteLedger::Options options = Options();
  options.key_wrapper = &wrapper;
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kHsmUnavailable));
  EXPECT_EQ(Behind()->QueryInteger("PRAGMA user_version").value(), 4);
  Open();
  ExpectMigrated(3);
}

class PersonalMigrationDisk : public PersonalMigration,
                              public ::testing::WithParamInterface<FaultyDisk::Fault> {};

TEST_P(PersonalMigrationDisk, FailureLeavesTheOlderLedgerAndTheNextStartCompletesIt) {
  MakeOlderLedger(10);
  FaultyDisk disk;
  disk.Set(GetParam());
  SqliteLedger::Options options = Options();
  options.vfs_name = disk.vfs_name();
  EXPECT_THAT(SqliteLedger::Create(options), FailsWith(Reason::kStoreUnavailable));
  disk.Set(FaultyDisk::Fault::kNone);
  ledger_ = SqliteLedger::Create(options).value();
  ExpectMigrated(10);
  ledger_.reset();
}

INSTANTIATE_TEST_SUITE_P(Faults, PersonalMigrationDisk,
                         ::testing::Values(FaultyDisk::Fault::kFull, FaultyDisk::Fault::kWriteFails,
                                           FaultyDisk::Fault::kSyncFails));

class PersonalCrash : public PersonalMigration {
 protected:
  // Runs `work` in a child that dies at its nth sync; true if it got so far.
  bool DiesAtSync(int nth, const std::function<bool(const std::string& vfs)>& work) {
    const pid_t child = fork();
    if (child == 0) {
      FaultyDisk disk;
      int syncs = 0;
      disk.OnSync([&] {
        if (++syncs == nth) _exit(77);
      });
      _exit(work(disk.vfs_name()) ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_TRUE(WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    return WEXITSTATUS(status) == 77;
  }
};

TEST_F(PersonalCrash, MigrationCutOffAtAnySyncIsCompletedByTheNextStart) {
  bool died = true;
  for (int nth = 1; died && nth < 100; ++nth) {
    MakeOlderLedger(6);
    died = DiesAtSync(nth, [&](const std::string& vfs) {
      SqliteLedger::Options options = Options();
      options.vfs_name = vfs;
      return SqliteLedger::Create(options).ok();
    });
    Open();
    ExpectMigrated(6);
    ledger_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }
  EXPECT_FALSE(died);
}

TEST_F(PersonalCrash, ErasureCutOffAtAnySyncErasesEachSessionWhollyOrNotAtAll) {
  constexpr int kSessions = 5;
  bool died = true;
  for (int nth = 1; died && nth < 100; ++nth) {
    Open();
    for (int n = 1; n <= kSessions; ++n) Complete(n);
    std::vector<std::string> texts;
    for (int n = 1; n <= kSessions; ++n) {
      for (std::string& text : Ciphertexts(LedgerSessionId(n))) texts.push_back(std::move(text));
    }
    ledger_.reset();
    died = DiesAtSync(nth, [&](const std::string& vfs) {
      SqliteLedger::Options options = Options();
      options.vfs_name = vfs;
      const auto ledger = SqliteLedger::Create(options);
      return ledger.ok() && (*ledger)->EraseDue(Order(DueTime()), 100).ok();
    });
    Open();
    for (int n = 1; n <= kSessions; ++n) {
      const EvidenceTrail trail = *ledger_->TrailOf(LedgerSessionId(n)).value();
      const bool erased = trail.certificate->erased_at.has_value();
      EXPECT_EQ(erased, trail.evidence.back().step == "personal-data-erased");
      EXPECT_EQ(erased, trail.certificate->der.empty());
      EXPECT_EQ(erased, !trail.session.result.has_value());
    }
    EXPECT_TRUE(ledger_->EraseDue(Order(DueTime()), 100).value().wiped);
    const std::string all = AllOctets();
    for (const std::string& text : texts) EXPECT_FALSE(AnyPartIn(all, text));
    ledger_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }
  EXPECT_FALSE(died);
}

}  // namespace
}  // namespace enkrat::store

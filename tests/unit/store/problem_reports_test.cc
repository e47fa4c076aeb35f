// Reports of problems in the SQLite ledger: whose they are, how many are taken, and their evidence.
#include "store/problem_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;
using ::testing::IsEmpty;

class ProblemReportsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Reopen();
    for (int n = 1; n <= 2; ++n) {
      ASSERT_THAT(ledger_->RecordIntent(testing::LedgerIntent(n)), IsOk());
      ASSERT_THAT(ledger_->CompleteSession(testing::LedgerCompletion(n)), IsOk());
    }
  }
  void Reopen() {
    ledger_.reset();
    ledger_ = SqliteLedger::Create(testing::LedgerOptions(folder_.File("ledger.db"))).value();
  }
  ProblemReports& reports() { return ledger_->problem_reports(); }

  static ProblemReport Report(int n, const std::string& id) {
    return {.report_id = id,
            .relying_party = testing::kLedgerRelyingParty,
            .session_id = LedgerSessionId(n),
            .serial_number = LedgerSerial(n),
            .kind = "OTHER",
            .reported_at = LedgerEpoch() + absl::Minutes(1)};
  }
  absl::StatusOr<ProblemOutcome> Record(const ProblemReport& report) {
    return reports().Record(
        report, {.step = "problem-reported", .at = report.reported_at, .facts_json = "{}"},
        limits_);
  }
  size_t Events() { return ledger_->Events(LedgerEpoch(), 100).value().size(); }

  ProblemLimits limits_ = {.per_certificate = 2, .per_relying_party = 3};
  testing::ScratchFolder folder_;
  std::unique_ptr<SqliteLedger> ledger_;
};

TEST_F(ProblemReportsTest, ReportAndItsEvidenceSurviveARestart) {
  ASSERT_EQ(Record(Report(1, "a")).value(), ProblemOutcome::kRecorded);
  Reopen();
  const auto found = reports().Find("a").value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->session_id, LedgerSessionId(1));
  EXPECT_EQ(found->serial_number, LedgerSerial(1));
  EXPECT_EQ(found->relying_party, testing::kLedgerRelyingParty);
  EXPECT_EQ(found->kind, "OTHER");
  EXPECT_EQ(found->reported_at, LedgerEpoch() + absl::Minutes(1));
  EXPECT_EQ(Events(), 1);
  EXPECT_EQ(reports().OfSession(LedgerSessionId(1)).value().size(), 1);
  EXPECT_THAT(reports().OfSession(LedgerSessionId(2)).value(), IsEmpty());
}

TEST_F(ProblemReportsTest, TextIsReadBackWithTheSessionOnly) {
  ProblemReport report = Report(1, "a");
  report.text = "The signer was elsewhere.";
  ASSERT_EQ(Record(report).value(), ProblemOutcome::kRecorded);
  Reopen();
  EXPECT_EQ(reports().OfSession(LedgerSessionId(1)).value()[0].text, report.text);
  EXPECT_EQ(reports().Find("a").value()->text, "");
  EXPECT_EQ(reports().List(testing::kLedgerRelyingParty, 10, "").value().reports[0].text, "");
}

TEST_F(ProblemReportsTest, UnknownOrForeignCertificateRecordsNothing) {
  ProblemReport report = Report(1, "a");
  report.serial_number = "ffff";
  EXPECT_THAT(Record(report), FailsWith(Reason::kNotFound));
  report = Report(1, "a");
  report.relying_party = "rp-two";
  EXPECT_THAT(Record(report), FailsWith(Reason::kNotFound));
  EXPECT_FALSE(reports().Find("a").value().has_value());
  EXPECT_EQ(Events(), 0);
}

TEST_F(ProblemReportsTest, ReportsOfACertificateAreBounded) {
  for (const char* id : {"a", "b"}) {
    ASSERT_EQ(Record(Report(1, id)).value(), ProblemOutcome::kRecorded);
  }
  EXPECT_EQ(Record(Report(1, "c")).value(), ProblemOutcome::kTooMany);
  EXPECT_EQ(Events(), 2);
  EXPECT_EQ(Record(Report(2, "d")).value(), ProblemOutcome::kRecorded);
}

TEST_F(ProblemReportsTest, ReportsOfARelyingPartyAreBoundedWithinTheWindow) {
  limits_.per_certificate = 10;
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_EQ(Record(Report(1, id)).value(), ProblemOutcome::kRecorded);
  }
  EXPECT_EQ(Record(Report(2, "d")).value(), ProblemOutcome::kTooMany);
  ProblemReport later = Report(2, "d");
  later.reported_at += limits_.window;
  EXPECT_EQ(Record(later).value(), ProblemOutcome::kRecorded);
}

TEST_F(ProblemReportsTest, ListIsNewestFirstPageByPageAndOfOneRelyingParty) {
  limits_ = {.per_certificate = 10, .per_relying_party = 10};
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_EQ(Record(Report(1, id)).value(), ProblemOutcome::kRecorded);
  }
  const std::string rp = testing::kLedgerRelyingParty;
  const ProblemPage first = reports().List(rp, 2, "").value();
  ASSERT_EQ(first.reports.size(), 2);
  EXPECT_EQ(first.reports[0].report_id, "c");
  const ProblemPage second = reports().List(rp, 2, first.next_page_token).value();
  ASSERT_EQ(second.reports.size(), 1);
  EXPECT_EQ(second.reports[0].report_id, "a");
  EXPECT_EQ(second.next_page_token, "");
  EXPECT_THAT(reports().List("rp-two", 2, "").value().reports, IsEmpty());
  EXPECT_THAT(reports().List("rp-two", 2, first.next_page_token), FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(ledger_->ListCertificates(rp, 2, first.next_page_token),
              FailsWith(Reason::kNotPermitted));
  EXPECT_THAT(reports().List(rp, 2, "nonsense"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(reports().List(rp, 0, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(reports().List(rp, 1001, ""), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ProblemReportsTest, ReadOnlyLedgerShowsButTakesNone) {
  ASSERT_EQ(Record(Report(1, "a")).value(), ProblemOutcome::kRecorded);
  const auto beside =
      SqliteLedger::Create({.path = folder_.File("ledger.db"), .read_only = true}).value();
  EXPECT_EQ(beside->problem_reports().OfSession(LedgerSessionId(1)).value().size(), 1);
  EXPECT_THAT(beside->problem_reports().Record(
                  Report(1, "b"),
                  {.step = "problem-reported", .at = LedgerEpoch(), .facts_json = "{}"}, limits_),
              FailsWith(Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace enkrat::store

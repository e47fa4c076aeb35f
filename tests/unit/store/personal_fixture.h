// A ledger of persons with distinctive names, and its files as octets, for the tests of what is
// personal.
#ifndef ENKRAT_TESTS_UNIT_STORE_PERSONAL_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_STORE_PERSONAL_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "common/digest.h"
#include "store/sqlite_connection.h"
#include "store/sqlite_ledger.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {

// Texts that stand for the person in records of session n; none is part of another session's.
inline std::vector<std::string> Traces(int n) {
  const std::string number = std::to_string(n) + ".";
  return {"Žarko-given-" + number,         "Kovačič-surname-" + number,
          "PNOSI-0101006500006-" + number, "sub|auth0|person-" + number,
          "1980-02-29-" + number,          "Pogodba-label-" + number};
}

// A session of that person: all of them in the identity, certificate and result that are personal.
inline SessionCompletion PersonalCompletion(int n) {
  SessionCompletion completion = testing::LedgerCompletion(n);
  const std::vector<std::string> traces = Traces(n);
  const std::string der = "DER " + traces[0] + traces[1] + traces[2] + std::string(600, 'd');
  completion.certificate.der = ToBytes(der);
  completion.certificate.fingerprint_sha256 =
      ComputeDigest(DigestAlgorithm::kSha256, completion.certificate.der);
  completion.result = ToBytes("result " + traces[5] + der + std::string(6000, 'r'));
  completion.result_digest = ComputeDigest(DigestAlgorithm::kSha256, completion.result);
  completion.person->identity = ToBytes("identity " + traces[0] + traces[1] + traces[3]);
  completion.person->particulars = ToBytes("particulars " + traces[4]);
  return completion;
}

class PersonalFixture : public ::testing::Test {
 protected:
  SqliteLedger::Options Options() { return testing::LedgerOptions(path_); }
  void Open() {
    ledger_.reset();
    auto ledger = SqliteLedger::Create(Options());
    ASSERT_THAT(ledger, testing::IsOk());
    ledger_ = *std::move(ledger);
  }
  void Complete(int n) {
    ASSERT_EQ(ledger_->RecordIntent(testing::LedgerIntent(n)).value(), IntentOutcome::kRecorded);
    ASSERT_THAT(ledger_->CompleteSession(PersonalCompletion(n)), testing::IsOk());
  }
  // Of the certificate of session n, by somebody who names the person.
  static ProblemReport Problem(int n) {
    return {.report_id = "report-" + std::to_string(n),
            .relying_party = testing::kLedgerRelyingParty,
            .session_id = testing::LedgerSessionId(n),
            .serial_number = testing::LedgerSerial(n),
            .kind = "WRONG_IDENTITY",
            .reported_at = testing::LedgerEpoch() + absl::Minutes(1),
            .text = "It was not " + Traces(n)[0] + Traces(n)[1]};
  }
  absl::StatusOr<ProblemOutcome> Report(const ProblemReport& report) {
    return ledger_->problem_reports().Record(
        report, {.step = "problem-reported", .at = report.reported_at, .facts_json = "{}"}, {});
  }
  // When retention of the sample sessions has ended.
  static absl::Time DueTime() {
    return testing::LedgerEpoch() + absl::Minutes(15) + kDefaultRetention;
  }
  static ErasureOrder Order(absl::Time now) { return {.reason = "TICKET-1", .now = now}; }

  // Every octet of every file in the ledger's folder.
  std::string AllOctets() {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
  bool FilesHold(const std::string& text) { return AllOctets().find(text) != std::string::npos; }
  void ExpectNoTraceOf(int n) {
    const std::string all = AllOctets();
    for (const std::string& trace : Traces(n)) {
      EXPECT_EQ(all.find(trace), std::string::npos) << trace;
    }
    EXPECT_EQ(all.find(ToString(PersonalCompletion(n).certificate.der)), std::string::npos);
  }

  std::unique_ptr<SqliteConnection> Behind() {
    return SqliteConnection::Open(path_, SqliteConnection::Use::kWriting, "").value();
  }
  // Everything encrypted that stands in the tables, in pieces long enough to be recognised.
  std::vector<std::string> Ciphertexts(const std::string& session_id) {
    const auto reader = SqliteConnection::Open(path_, SqliteConnection::Use::kReading, "").value();
    std::vector<std::string> texts;
    const auto add = [&](const char* sql) {
      SqliteQuery query = reader->Query(sql);
      query.Bind(absl::string_view(session_id));
      while (query.Step().value()) {
        if (!query.IsNull(0)) texts.push_back(ToString(query.Octets(0)));
      }
    };
#define ENKRAT_OF_SESSION " WHERE session = (SELECT id FROM sessions WHERE session_id = ?)"
    add("SELECT certificate FROM personal_data" ENKRAT_OF_SESSION);
    add("SELECT identity FROM personal_data" ENKRAT_OF_SESSION);
    add("SELECT particulars FROM personal_data" ENKRAT_OF_SESSION);
    add("SELECT result FROM results" ENKRAT_OF_SESSION);
    add("SELECT text FROM problem_reports" ENKRAT_OF_SESSION);
#undef ENKRAT_OF_SESSION
    return texts;
  }
  // Parts of 24 octets of each: a page boundary may run through the whole.
  static bool AnyPartIn(const std::string& all, const std::string& text) {
    for (size_t at = 0; at + 24 <= text.size(); at += 24) {
      if (all.find(text.substr(at, 24)) != std::string::npos) return true;
    }
    return false;
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
  std::unique_ptr<SqliteLedger> ledger_;
};

}  // namespace enkrat::store

#endif  // ENKRAT_TESTS_UNIT_STORE_PERSONAL_FIXTURE_H_

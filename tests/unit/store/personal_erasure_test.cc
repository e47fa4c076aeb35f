// Tests of retention and erasure: what goes, what stays and why, and that what is gone is gone from
// the files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/reason.h"
#include "store/evidence_chain.h"
#include "tests/unit/store/personal_fixture.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PersonalErasure : public PersonalFixture {
 protected:
  PersonalErasure() { Open(); }

  ErasurePage EraseSubject(int n, absl::Time now, bool including_certificates = false) {
    return ledger_
        ->EraseSubject({.subject_key = PersonalCompletion(n).person->subject_key,
                        .including_certificates = including_certificates},
                       Order(now))
        .value();
  }
  EvidenceTrail Trail(int n) { return *ledger_->TrailOf(LedgerSessionId(n)).value(); }
  void ExpectChainHolds(int n) {
    const EvidenceTrail trail = Trail(n);
    EvidenceChain chain(trail.session.session_id);
    for (const EvidenceRecord& record : trail.evidence) chain.Append(record);
    ASSERT_TRUE(trail.head.has_value());
    EXPECT_EQ(chain.head(), trail.head->head);
    EXPECT_EQ(chain.count(), trail.head->count);
  }
};

TEST_F(PersonalErasure, NothingIsDueBeforeRetentionHasEnded) {
  Complete(1);
  const absl::Time before = DueTime() - absl::Microseconds(1);
  EXPECT_THAT(ledger_->ListDue(before, 10, "").value().sessions, IsEmpty());
  EXPECT_THAT(ledger_->EraseDue(Order(before), 100).value().sessions, IsEmpty());
  EXPECT_FALSE(ledger_->FindCertificateBySerial(LedgerSerial(1)).value()->der.empty());
}

TEST_F(PersonalErasure, DueSessionsAreListedByIdsOnly) {
  Complete(1);
  const DuePage page = ledger_->ListDue(DueTime(), 10, "").value();
  ASSERT_EQ(page.sessions.size(), 1u);
  EXPECT_EQ(page.sessions[0].session_id, LedgerSessionId(1));
  EXPECT_EQ(page.sessions[0].serial_number, LedgerSerial(1));
  EXPECT_EQ(page.sessions[0].due_at, DueTime());
  EXPECT_EQ(page.sessions[0].ended_at, PersonalCompletion(1).completed_at);
  EXPECT_EQ(page.next_page_token, "");
}

TEST_F(PersonalErasure, ListIsReadPageByPageWithoutGapOrRepetition) {
  for (int n = 1; n <= 7; ++n) Complete(n);
  std::vector<std::string> seen;
  std::string token;
  do {
    const DuePage page = ledger_->ListDue(DueTime(), 3, token).value();
    for (const DueSession& session : page.sessions) seen.push_back(session.session_id);
    token = page.next_page_token;
  } while (!token.empty());
  std::vector<std::string> all;
  for (int n = 1; n <= 7; ++n) all.push_back(LedgerSessionId(n));
  EXPECT_EQ(seen, all);
}

TEST_F(PersonalErasure, ErasedSessionKeepsItsEvidenceAndLosesItsPerson) {
  Complete(1);
  const ErasurePage page = ledger_->EraseDue(Order(DueTime()), 100).value();
  ASSERT_EQ(page.sessions.size(), 1u);
  EXPECT_THAT(page.sessions[0].erased,
              ElementsAre("certificate", "identity", "particulars", "result"));
  EXPECT_TRUE(page.wiped);
  const EvidenceTrail trail = Trail(1);
  EXPECT_EQ(trail.session.personal_data_erased_at, DueTime());
  EXPECT_FALSE(trail.session.result.has_value());
  EXPECT_EQ(trail.session.result_digest, PersonalCompletion(1).result_digest);
  EXPECT_EQ(trail.certificate->erased_at, DueTime());
  EXPECT_TRUE(trail.certificate->der.empty());
  EXPECT_EQ(trail.certificate->serial_number, LedgerSerial(1));
  EXPECT_EQ(trail.certificate->fingerprint_sha256,
            PersonalCompletion(1).certificate.fingerprint_sha256);
  EXPECT_EQ(trail.evidence.back().step, "personal-data-erased");
  EXPECT_THAT(trail.evidence.back().facts_json, HasSubstr(R"("reason":"TICKET-1")"));
  EXPECT_THAT(trail.evidence.back().facts_json, HasSubstr(R"("asked_by":"retention")"));
  ExpectChainHolds(1);
  EXPECT_THAT(
      ledger_->ExportSubject(PersonalCompletion(1).person->subject_key, 10, "").value().sessions,
      IsEmpty());
}

TEST_F(PersonalErasure, CiphertextIsGoneFromEveryFileToo) {
  for (int n = 1; n <= 60; ++n) Complete(n);
  std::vector<std::string> gone;
  std::vector<std::string> stays;
  for (int n = 1; n <= 60; ++n) {
    for (std::string& text : Ciphertexts(LedgerSessionId(n))) {
      (n % 3 == 0 ? stays : gone).push_back(std::move(text));
    }
  }
  ASSERT_TRUE(AnyPartIn(AllOctets(), gone.front()));
  for (int n = 1; n <= 60; ++n) {
    if (n % 3 == 0) continue;
    EXPECT_TRUE(EraseSubject(n, DueTime()).wiped);
  }
  const std::string all = AllOctets();
  for (const std::string& text : gone) EXPECT_FALSE(AnyPartIn(all, text));
  for (const std::string& text : stays) EXPECT_TRUE(AnyPartIn(all, text));
  for (int n = 1; n <= 60; ++n) ExpectChainHolds(n);
}

TEST_F(PersonalErasure, LimitIsKeptAndTheRestComesWithTheNextCall) {
  for (int n = 1; n <= 130; ++n) Complete(n);
  EXPECT_EQ(ledger_->EraseDue(Order(DueTime()), 110).value().sessions.size(), 110u);
  EXPECT_EQ(ledger_->EraseDue(Order(DueTime()), 110).value().sessions.size(), 20u);
  EXPECT_EQ(ledger_->EraseDue(Order(DueTime()), 110).value().sessions.size(), 0u);
  EXPECT_FALSE(AllOctets().empty());
}

TEST_F(PersonalErasure, ErasingAgainChangesNothing) {
  Complete(1);
  ASSERT_THAT(ledger_->EraseDue(Order(DueTime()), 100), IsOk());
  const EvidenceTrail before = Trail(1);
  EXPECT_THAT(ledger_->EraseDue(Order(DueTime() + absl::Hours(1)), 100).value().sessions,
              IsEmpty());
  EXPECT_THAT(EraseSubject(1, DueTime()).sessions, IsEmpty());
  EXPECT_EQ(Trail(1).head->head, before.head->head);
}

TEST_F(PersonalErasure, OnRequestTheLawKeepsCertificateAndIdentityUntilTheyAreDue) {
  Complete(1);
  const ErasurePage page = EraseSubject(1, LedgerEpoch() + absl::Hours(1));
  ASSERT_EQ(page.sessions.size(), 1u);
  EXPECT_THAT(page.sessions[0].erased, ElementsAre("particulars", "result"));
  EXPECT_THAT(page.sessions[0].kept, ElementsAre("certificate", "identity"));
  EXPECT_EQ(page.sessions[0].kept_until, DueTime());
  const EvidenceTrail trail = Trail(1);
  EXPECT_EQ(trail.certificate->der, PersonalCompletion(1).certificate.der);
  EXPECT_FALSE(trail.session.personal_data_erased_at.has_value());
  EXPECT_THAT(trail.evidence.back().facts_json, HasSubstr(std::string(kRecordsKeptUnder)));
  EXPECT_THAT(trail.evidence.back().facts_json, HasSubstr("OVR-6.4.6-01"));
  ExpectChainHolds(1);
  const HeldPage held =
      ledger_->ExportSubject(PersonalCompletion(1).person->subject_key, 10, "").value();
  EXPECT_FALSE(held.sessions[0].person->identity.empty());
  EXPECT_TRUE(held.sessions[0].person->particulars.empty());
}

TEST_F(PersonalErasure, SecondRequestFindsNothingMoreToEraseAndRecordsNothing) {
  Complete(1);
  EraseSubject(1, LedgerEpoch());
  const size_t evidence = Trail(1).evidence.size();
  const ErasurePage again = EraseSubject(1, LedgerEpoch() + absl::Hours(1));
  EXPECT_THAT(again.sessions[0].erased, IsEmpty());
  EXPECT_THAT(again.sessions[0].kept, ElementsAre("certificate", "identity"));
  EXPECT_EQ(Trail(1).evidence.size(), evidence);
}

TEST_F(PersonalErasure, CertificatesGoBeforeTheirTimeOnlyWhenSaidSoAndThatIsRecorded) {
  Complete(1);
  const ErasurePage page = EraseSubject(1, LedgerEpoch(), /*including_certificates=*/true);
  EXPECT_THAT(page.sessions[0].kept, IsEmpty());
  EXPECT_TRUE(Trail(1).certificate->der.empty());
  EXPECT_THAT(Trail(1).evidence.back().facts_json, HasSubstr(R"("before_retention_ended":true)"));
}

TEST_F(PersonalErasure, FailedSessionWithoutCertificateIsErasedWhole) {
  ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(1)), IsOk());
  SessionFailure failure = testing::LedgerFailure(1);
  failure.person = PersonalCompletion(1).person;
  ASSERT_THAT(ledger_->FailSession(failure), IsOk());
  const ErasurePage page = EraseSubject(1, LedgerEpoch());
  ASSERT_EQ(page.sessions.size(), 1u);
  EXPECT_THAT(page.sessions[0].erased, ElementsAre("identity", "particulars"));
  EXPECT_THAT(page.sessions[0].kept, IsEmpty());
}

TEST_F(PersonalErasure, OtherPersonsAreNotTouched) {
  Complete(1);
  Complete(2);
  EraseSubject(1, LedgerEpoch(), /*including_certificates=*/true);
  EXPECT_EQ(Trail(2).certificate->der, PersonalCompletion(2).certificate.der);
  EXPECT_EQ(Trail(2).session.result, PersonalCompletion(2).result);
}

TEST_F(PersonalErasure, PersonOfManySessionsIsReadAndErasedPageByPage) {
  const Bytes subject = PersonalCompletion(1).person->subject_key;
  for (int n = 1; n <= 5; ++n) {
    ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(n)), IsOk());
    SessionCompletion completion = PersonalCompletion(n);
    completion.person->subject_key = subject;
    ASSERT_THAT(ledger_->CompleteSession(completion), IsOk());
  }
  const HeldPage first = ledger_->ExportSubject(subject, 3, "").value();
  EXPECT_EQ(first.sessions.size(), 3u);
  const HeldPage second = ledger_->ExportSubject(subject, 3, first.next_page_token).value();
  EXPECT_EQ(second.sessions.size(), 2u);
  EXPECT_EQ(second.next_page_token, "");
  size_t erased = 0;
  std::string token;
  do {
    const ErasurePage page = ledger_
                                 ->EraseSubject({.subject_key = subject,
                                                 .including_certificates = true,
                                                 .page_size = 2,
                                                 .page_token = token},
                                                Order(LedgerEpoch()))
                                 .value();
    erased += page.sessions.size();
    token = page.next_page_token;
  } while (!token.empty());
  EXPECT_EQ(erased, 5u);
}

TEST_F(PersonalErasure, ReasonThatIsNoCodeIsRefusedAndErasesNothing) {
  Complete(1);
  for (const std::string& reason :
       {std::string(), std::string("Ana Novak"), std::string("a\"b"), std::string("a\\b"),
        std::string("a\nb"), std::string("ž"), std::string(65, 'x'), std::string("a\0b", 3)}) {
    const ErasureOrder order = {.reason = reason, .now = DueTime()};
    EXPECT_THAT(ledger_->EraseDue(order, 100), FailsWith(Reason::kRequestMalformed)) << reason;
    EXPECT_THAT(
        ledger_->EraseSubject({.subject_key = PersonalCompletion(1).person->subject_key}, order),
        FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_FALSE(Trail(1).certificate->der.empty());
}

TEST_F(PersonalErasure, LimitsKeysAndTokensOutsideTheirBoundsAreRefused) {
  const Bytes subject(32, 1);
  EXPECT_THAT(ledger_->EraseDue(Order(DueTime()), 0), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->EraseDue(Order(DueTime()), 10'001), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ListDue(DueTime(), 0, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ListDue(DueTime(), 1001, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ListDue(DueTime(), 10, "x"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ListDue(DueTime(), 10, "1.2.3"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ExportSubject(Bytes(31, 1), 10, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ExportSubject(subject, 1001, ""), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->ExportSubject(subject, 10, "-1"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ledger_->EraseSubject({.subject_key = Bytes()}, Order(DueTime())),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(PersonalErasure, RetentionCanBeSetOtherwise) {
  Complete(1);
  ledger_.reset();
  SqliteLedger::Options options = Options();
  options.retention = absl::Hours(1);
  ledger_ = SqliteLedger::Create(options).value();
  const absl::Time due = PersonalCompletion(1).certificate.not_after + absl::Hours(1);
  EXPECT_THAT(ledger_->ListDue(due - absl::Seconds(1), 10, "").value().sessions, IsEmpty());
  EXPECT_EQ(ledger_->ListDue(due, 10, "").value().sessions.size(), 1u);
}

TEST_F(PersonalErasure, ReaderOfTheOldStateDelaysTheWipeAndSoItIsSaid) {
  Complete(1);
  const std::vector<std::string> texts = Ciphertexts(LedgerSessionId(1));
  const auto reader = SqliteConnection::Open(path_, SqliteConnection::Use::kReading, "").value();
  ASSERT_THAT(reader->Execute("BEGIN; SELECT COUNT(*) FROM sessions"), IsOk());
  EXPECT_FALSE(ledger_->EraseDue(Order(DueTime()), 100).value().wiped);
  ASSERT_THAT(reader->Execute("COMMIT"), IsOk());
  ASSERT_THAT(ledger_->DropExpired(LedgerEpoch()), IsOk());
  const std::string all = AllOctets();
  for (const std::string& text : texts) EXPECT_FALSE(AnyPartIn(all, text));
}

TEST_F(PersonalErasure, RelyingPartiesAreNamedOnceEach) {
  for (int n = 1; n <= 6; ++n) {
    ASSERT_THAT(ledger_->RecordIntent(LedgerIntent(n, absl::StrCat("rp-", n % 3))), IsOk());
  }
  EXPECT_THAT(ledger_->RelyingParties().value(), ElementsAre("rp-0", "rp-1", "rp-2"));
}

TEST_F(PersonalErasure, TextsOfProblemReportsGoWithTheCertificate) {
  Complete(1);
  ASSERT_EQ(Report(Problem(1)).value(), ProblemOutcome::kRecorded);
  ExpectNoTraceOf(1);
  const std::vector<std::string> ciphertexts = Ciphertexts(LedgerSessionId(1));

  const ErasedSession asked = EraseSubject(1, LedgerEpoch()).sessions[0];
  EXPECT_THAT(asked.kept, ElementsAre("certificate", "identity", "problem-texts"));
  const ErasedSession due = ledger_->EraseDue(Order(DueTime()), 10).value().sessions[0];
  EXPECT_THAT(due.erased, ElementsAre("certificate", "identity", "problem-texts"));

  const std::string all = AllOctets();
  for (const std::string& text : ciphertexts) EXPECT_FALSE(AnyPartIn(all, text));
  const auto reports = ledger_->problem_reports().OfSession(LedgerSessionId(1)).value();
  ASSERT_EQ(reports.size(), 1u) << "the report itself stays";
  EXPECT_EQ(reports[0].text, "");
}

TEST_F(PersonalErasure, ProblemOfAnErasedSessionLeavesNothingBehind) {
  Complete(1);
  ASSERT_EQ(ledger_->EraseDue(Order(DueTime()), 10).value().sessions.size(), 1u);
  EXPECT_THAT(Report(Problem(1)), FailsWith(Reason::kPersonalDataErased));
  EXPECT_THAT(ledger_->problem_reports().OfSession(LedgerSessionId(1)).value(), IsEmpty());
}

TEST_F(PersonalErasure, ExportHoldsTextsOfProblemReports) {
  Complete(1);
  ASSERT_EQ(Report(Problem(1)).value(), ProblemOutcome::kRecorded);
  const HeldPage held =
      ledger_->ExportSubject(PersonalCompletion(1).person->subject_key, 10, "").value();
  ASSERT_EQ(held.sessions[0].problems.size(), 1u);
  EXPECT_EQ(held.sessions[0].problems[0].text, Problem(1).text);
}

}  // namespace
}  // namespace enkrat::store

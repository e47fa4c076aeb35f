// What every ledger promises about sessions: begun once, ended once, dropped when expired.
#include "tests/contract/ledger_contract.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::LedgerCertificate;
using ::enkrat::testing::LedgerCompletion;
using ::enkrat::testing::LedgerEpoch;
using ::enkrat::testing::LedgerFailure;
using ::enkrat::testing::LedgerIntent;
using ::enkrat::testing::LedgerSerial;
using ::enkrat::testing::LedgerSessionId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TYPED_TEST_SUITE(LedgerContract, LedgerHomes);

TYPED_TEST(LedgerContract, RecordedIntentIsAnOpenSession) {
  const SessionIntent intent = LedgerIntent(1);
  ASSERT_OK_AND_ASSIGN(const IntentOutcome outcome, this->ledger().RecordIntent(intent));
  EXPECT_EQ(outcome, IntentOutcome::kRecorded);
  ASSERT_OK_AND_ASSIGN(const auto session, this->ledger().FindSession(kRp, intent.request_id));
  ASSERT_TRUE(session.has_value());
  EXPECT_EQ(session->session_id, intent.session_id);
  EXPECT_EQ(session->relying_party, kRp);
  EXPECT_EQ(session->request_id, intent.request_id);
  EXPECT_EQ(session->request_digest, intent.request_digest);
  EXPECT_EQ(session->state, SessionState::kOpen);
  EXPECT_EQ(session->started_at, intent.started_at);
  EXPECT_FALSE(session->ended_at.has_value());
  EXPECT_FALSE(session->result.has_value());
  EXPECT_EQ(session->failure_reason, "");
}

TYPED_TEST(LedgerContract, AssertionOfAnotherRequestIsSpentAndNothingIsRecorded) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2);
  second.assertion_id = LedgerIntent(1).assertion_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kAssertionSpent);
  EXPECT_FALSE(this->ledger().FindSessionById(second.session_id).value().has_value());
  EXPECT_FALSE(this->ledger().FindSession(kRp, second.request_id).value().has_value());
  EXPECT_THAT(this->Steps(2), IsEmpty());
}

TYPED_TEST(LedgerContract, AssertionIsSpentForOtherRelyingPartiesToo) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2, kOtherRp);
  second.assertion_id = LedgerIntent(1).assertion_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kAssertionSpent);
}

TYPED_TEST(LedgerContract, SameAssertionIdOfAnotherIssuerIsAnotherAssertion) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2);
  second.assertion_id = LedgerIntent(1).assertion_id;
  second.issuer = "https://other.example";
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerContract, IssuerAndIdThatConcatenateAlikeAreDifferentAssertions) {
  SessionIntent first = LedgerIntent(1);
  first.issuer = "https://idp.example/a";
  first.assertion_id = "b";
  SessionIntent second = LedgerIntent(2);
  second.issuer = "https://idp.example/";
  second.assertion_id = "ab";
  EXPECT_EQ(this->ledger().RecordIntent(first).value(), IntentOutcome::kRecorded);
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerContract, AssertionStaysSpentAcrossReopening) {
  this->Begin(1);
  this->Reopen();
  SessionIntent second = LedgerIntent(2);
  second.assertion_id = LedgerIntent(1).assertion_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kAssertionSpent);
}

TYPED_TEST(LedgerContract, AssertionStaysSpentWhenItsSessionFailed) {
  this->Begin(1);
  ASSERT_THAT(this->ledger().FailSession(LedgerFailure(1)), IsOk());
  SessionIntent second = LedgerIntent(2);
  second.assertion_id = LedgerIntent(1).assertion_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kAssertionSpent);
}

TYPED_TEST(LedgerContract, OneOfSixteenThreadsSpendsTheAssertion) {
  std::atomic<int> recorded{0};
  std::atomic<int> spent{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      SessionIntent intent = LedgerIntent(100 + i);
      intent.assertion_id = "the only one";
      const IntentOutcome outcome = this->ledger().RecordIntent(intent).value();
      recorded += outcome == IntentOutcome::kRecorded ? 1 : 0;
      spent += outcome == IntentOutcome::kAssertionSpent ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(recorded, 1);
  EXPECT_EQ(spent, 15);
  EXPECT_EQ(this->ledger().Statistics().value().sessions_open, 1u);
}

TYPED_TEST(LedgerContract, OneOfSixteenThreadsTakesTheRequestId) {
  std::atomic<int> recorded{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      SessionIntent intent = LedgerIntent(100 + i);
      intent.request_id = LedgerIntent(1).request_id;
      const IntentOutcome outcome = this->ledger().RecordIntent(intent).value();
      recorded += outcome == IntentOutcome::kRecorded ? 1 : 0;
      taken += outcome == IntentOutcome::kRequestIdTaken ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(recorded, 1);
  EXPECT_EQ(taken, 15);
}

TYPED_TEST(LedgerContract, TakenRequestIdSpendsNothing) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2);
  second.request_id = LedgerIntent(1).request_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kRequestIdTaken);
  EXPECT_EQ(this->ledger().RecordIntent(LedgerIntent(2)).value(), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerContract, RepeatedRequestWithItsAssertionIsTakenRatherThanSpent) {
  this->Begin(1);
  EXPECT_EQ(this->ledger().RecordIntent(LedgerIntent(1)).value(), IntentOutcome::kRequestIdTaken);
}

TYPED_TEST(LedgerContract, SameRequestIdOfAnotherRelyingPartyIsAnotherRequest) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2, kOtherRp);
  second.request_id = LedgerIntent(1).request_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerContract, SessionIdThatExistsIsRefusedAndSpendsNothing) {
  this->Begin(1);
  SessionIntent second = LedgerIntent(2);
  second.session_id = LedgerSessionId(1);
  EXPECT_THAT(this->ledger().RecordIntent(second), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->ledger().RecordIntent(LedgerIntent(2)).value(), IntentOutcome::kRecorded);
}

TYPED_TEST(LedgerContract, CompletedSessionHasItsResultCertificateAndEvidence) {
  this->Complete(1);
  const SessionCompletion completion = LedgerCompletion(1);
  const SessionRecord session = this->Session(1);
  EXPECT_EQ(session.state, SessionState::kCompleted);
  EXPECT_EQ(session.result, completion.result);
  EXPECT_EQ(session.result_digest, completion.result_digest);
  EXPECT_EQ(session.ended_at, completion.completed_at);
  EXPECT_THAT(this->Steps(1),
              ElementsAre("assertion-verified", "intent-recorded", "key-destroyed"));
  const auto evidence = this->ledger().EvidenceOf(LedgerSessionId(1)).value();
  EXPECT_EQ(evidence[0].facts_json, R"({"loa":"substantial"})");
  EXPECT_EQ(evidence[1].at, LedgerEpoch() + absl::Milliseconds(1));
}

TYPED_TEST(LedgerContract, CompletedSessionSurvivesReopening) {
  this->Complete(1);
  this->Reopen();
  EXPECT_EQ(this->Session(1).result, LedgerCompletion(1).result);
  EXPECT_TRUE(this->ledger().FindCertificateBySerial(LedgerSerial(1)).value().has_value());
}

TYPED_TEST(LedgerContract, EmptyResultIsAResult) {
  this->Begin(1);
  SessionCompletion completion = LedgerCompletion(1);
  completion.result.clear();
  ASSERT_THAT(this->ledger().CompleteSession(completion), IsOk());
  ASSERT_TRUE(this->Session(1).result.has_value());
  EXPECT_THAT(*this->Session(1).result, IsEmpty());
}

TYPED_TEST(LedgerContract, UnknownSessionCannotBeCompletedOrFailed) {
  EXPECT_THAT(this->ledger().CompleteSession(LedgerCompletion(1)), FailsWith(Reason::kInternal));
  EXPECT_THAT(this->ledger().FailSession(LedgerFailure(1)), FailsWith(Reason::kInternal));
  EXPECT_FALSE(this->ledger().FindCertificateBySerial(LedgerSerial(1)).value().has_value());
}

TYPED_TEST(LedgerContract, CompletedSessionCannotEndAgain) {
  this->Complete(1);
  SessionCompletion again = LedgerCompletion(1);
  again.certificate.serial_number = LedgerSerial(2);
  again.certificate.fingerprint_sha256 = LedgerCertificate(2).fingerprint_sha256;
  EXPECT_THAT(this->ledger().CompleteSession(again), FailsWith(Reason::kInternal));
  EXPECT_THAT(this->ledger().FailSession(LedgerFailure(1)), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(1).state, SessionState::kCompleted);
  EXPECT_EQ(this->Steps(1).size(), 3u);
  EXPECT_FALSE(this->ledger().FindCertificateBySerial(LedgerSerial(2)).value().has_value());
}

TYPED_TEST(LedgerContract, FailedSessionKeepsItsReasonAndCannotBeCompleted) {
  this->Begin(1);
  ASSERT_THAT(this->ledger().FailSession(LedgerFailure(1)), IsOk());
  EXPECT_EQ(this->Session(1).state, SessionState::kFailed);
  EXPECT_EQ(this->Session(1).failure_reason, "HSM_UNAVAILABLE");
  EXPECT_EQ(this->Session(1).ended_at, LedgerFailure(1).failed_at);
  EXPECT_THAT(this->Steps(1),
              ElementsAre("assertion-verified", "intent-recorded", "session-failed"));
  EXPECT_THAT(this->ledger().CompleteSession(LedgerCompletion(1)), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(1).state, SessionState::kFailed);
}

TYPED_TEST(LedgerContract, CertificateOfAFailedSessionIsKept) {
  this->Begin(1);
  SessionFailure failure = LedgerFailure(1);
  failure.certificate = LedgerCertificate(1);
  ASSERT_THAT(this->ledger().FailSession(failure), IsOk());
  EXPECT_TRUE(this->ledger().FindCertificateBySerial(LedgerSerial(1)).value().has_value());
}

TYPED_TEST(LedgerContract, SerialNumberThatExistsLeavesTheSessionOpen) {
  this->Complete(1);
  this->Begin(2);
  SessionCompletion completion = LedgerCompletion(2);
  completion.certificate.serial_number = LedgerSerial(1);
  EXPECT_THAT(this->ledger().CompleteSession(completion), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(2).state, SessionState::kOpen);
  EXPECT_EQ(this->Steps(2).size(), 2u);
}

TYPED_TEST(LedgerContract, FingerprintThatExistsLeavesTheSessionOpen) {
  this->Complete(1);
  this->Begin(2);
  SessionCompletion completion = LedgerCompletion(2);
  completion.certificate.fingerprint_sha256 = LedgerCertificate(1).fingerprint_sha256;
  EXPECT_THAT(this->ledger().CompleteSession(completion), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(2).state, SessionState::kOpen);
}

TYPED_TEST(LedgerContract, CertificateOfAnotherRelyingPartyIsRefused) {
  this->Begin(1);
  EXPECT_THAT(this->ledger().CompleteSession(LedgerCompletion(1, kOtherRp)),
              FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(1).state, SessionState::kOpen);
}

TYPED_TEST(LedgerContract, OpenSessionsAreAbandonedOnceWithEvidence) {
  const absl::Time now = LedgerEpoch() + absl::Hours(1);
  this->Begin(1);
  this->Complete(2);
  this->Begin(3);
  ASSERT_THAT(this->ledger().FailSession(LedgerFailure(3)), IsOk());
  this->Reopen();
  EXPECT_EQ(this->ledger().CloseAbandoned(now).value(), 1u);
  EXPECT_EQ(this->ledger().CloseAbandoned(now + absl::Hours(1)).value(), 0u);
  EXPECT_EQ(this->Session(1).state, SessionState::kAbandoned);
  EXPECT_EQ(this->Session(1).ended_at, now);
  EXPECT_EQ(this->Session(2).state, SessionState::kCompleted);
  EXPECT_EQ(this->Session(3).state, SessionState::kFailed);
  EXPECT_THAT(this->Steps(1),
              ElementsAre("assertion-verified", "intent-recorded", "session-abandoned"));
  EXPECT_EQ(this->ledger().EvidenceOf(LedgerSessionId(1)).value().back().at, now);
}

TYPED_TEST(LedgerContract, AbandonedSessionCannotBeCompletedOrFailed) {
  this->Begin(1);
  ASSERT_THAT(this->ledger().CloseAbandoned(LedgerEpoch()), IsOk());
  EXPECT_THAT(this->ledger().CompleteSession(LedgerCompletion(1)), FailsWith(Reason::kInternal));
  EXPECT_THAT(this->ledger().FailSession(LedgerFailure(1)), FailsWith(Reason::kInternal));
  EXPECT_EQ(this->Session(1).state, SessionState::kAbandoned);
}

// Whoever steps the clock by less than that cannot have an assertion accepted again.
TYPED_TEST(LedgerContract, SpentAssertionIsKeptForAnHourAfterItHasExpired) {
  this->Begin(1);
  const absl::Time expiry = LedgerIntent(1).assertion_expires_at + absl::Hours(1);
  EXPECT_EQ(this->ledger().DropExpired(expiry).value(), 0u);
  SessionIntent second = LedgerIntent(2);
  second.assertion_id = LedgerIntent(1).assertion_id;
  EXPECT_EQ(this->ledger().RecordIntent(second).value(), IntentOutcome::kAssertionSpent);
  EXPECT_EQ(this->ledger().DropExpired(expiry + absl::Microseconds(1)).value(), 1u);
  EXPECT_EQ(this->ledger().DropExpired(expiry + absl::Microseconds(1)).value(), 0u);
}

TYPED_TEST(LedgerContract, ExpiredResultIsDroppedAndItsDigestKept) {
  this->Complete(1);
  const absl::Time expiry = LedgerCompletion(1).result_expires_at;
  ASSERT_THAT(this->ledger().DropExpired(expiry), IsOk());
  EXPECT_TRUE(this->Session(1).result.has_value());
  EXPECT_EQ(this->ledger().DropExpired(expiry + absl::Microseconds(1)).value(), 1u);
  EXPECT_FALSE(this->Session(1).result.has_value());
  EXPECT_EQ(this->Session(1).result_digest, LedgerCompletion(1).result_digest);
  EXPECT_EQ(this->Session(1).state, SessionState::kCompleted);
  EXPECT_TRUE(this->ledger().FindCertificateBySerial(LedgerSerial(1)).value().has_value());
  EXPECT_EQ(this->Steps(1).size(), 3u);
}

TYPED_TEST(LedgerContract, DroppedAssertionsLeaveTheRequestIdTaken) {
  this->Begin(1);
  ASSERT_THAT(this->ledger().DropExpired(LedgerEpoch() + absl::Hours(2)), IsOk());
  EXPECT_EQ(this->ledger().RecordIntent(LedgerIntent(1)).value(), IntentOutcome::kRequestIdTaken);
}

TYPED_TEST(LedgerContract, EventBelongsToNoSession) {
  this->Begin(1);
  EXPECT_THAT(this->ledger().RecordEvent({"assertion-rejected", LedgerEpoch(), "{}"}), IsOk());
  EXPECT_THAT(this->ledger().RecordEvent({"assertion-rejected", LedgerEpoch(), "{}"}), IsOk());
  EXPECT_EQ(this->Steps(1).size(), 2u);
}

TYPED_TEST(LedgerContract, EventsAreReadOldestFirstFromATime) {
  this->Begin(1);  // its evidence is a session's
  for (const int second : {3, 1, 2, 2}) {
    const std::string facts = absl::StrCat("{\"n\":", second, "}");
    ASSERT_THAT(
        this->ledger().RecordEvent({"started", LedgerEpoch() + absl::Seconds(second), facts}),
        IsOk());
  }
  const auto facts_since = [&](int second, size_t limit) {
    std::vector<std::string> facts;
    const auto events = this->ledger().Events(LedgerEpoch() + absl::Seconds(second), limit);
    for (const EvidenceRecord& event : events.value()) {
      EXPECT_EQ(event.step, "started");
      facts.push_back(event.facts_json);
    }
    return facts;
  };
  const std::vector<std::string> all = {"{\"n\":1}", "{\"n\":2}", "{\"n\":2}", "{\"n\":3}"};
  EXPECT_EQ(facts_since(0, 1000), all);
  EXPECT_EQ(facts_since(1, 2), std::vector<std::string>(all.begin(), all.begin() + 2));
  EXPECT_EQ(facts_since(3, 1), std::vector<std::string>(all.end() - 1, all.end()));
  EXPECT_EQ(facts_since(4, 1000), std::vector<std::string>());
}

TYPED_TEST(LedgerContract, EventLimitOutsideItsBoundsIsRefused) {
  EXPECT_THAT(this->ledger().Events(LedgerEpoch(), 0), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(this->ledger().Events(LedgerEpoch(), 1001), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(this->ledger().Events(absl::InfinitePast(), 1000), IsOk());
}

TYPED_TEST(LedgerContract, RejectedAssertionsAreForgottenAfterNinetyDaysAndOtherEventsNever) {
  ASSERT_THAT(this->ledger().RecordEvent({"assertion-rejected", LedgerEpoch(), "{}"}), IsOk());
  ASSERT_THAT(this->ledger().RecordEvent({"started", LedgerEpoch(), "{}"}), IsOk());
  const absl::Time last_day = LedgerEpoch() + absl::Hours(24 * 90);
  EXPECT_EQ(this->ledger().DropExpired(last_day).value(), 0u);
  EXPECT_EQ(this->ledger().DropExpired(last_day + absl::Microseconds(1)).value(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto left, this->ledger().Events(LedgerEpoch(), 1000));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].step, "started");
}

TYPED_TEST(LedgerContract, DeniedAccessIsKeptAsLongAsARejection) {
  ASSERT_THAT(this->ledger().RecordEvent({"access-denied", LedgerEpoch(), "{}"}), IsOk());
  const absl::Time last = LedgerEpoch() + kRejectedAssertionsKept;
  EXPECT_EQ(this->ledger().DropExpired(last).value(), 0u);
  EXPECT_EQ(this->ledger().DropExpired(last + absl::Microseconds(1)).value(), 1u);
}

TYPED_TEST(LedgerContract, StatisticsCountSessionsByState) {
  this->Complete(1);
  this->Complete(2);
  this->Begin(3);
  ASSERT_THAT(this->ledger().FailSession(LedgerFailure(3)), IsOk());
  this->Begin(4);
  ASSERT_THAT(this->ledger().CloseAbandoned(LedgerEpoch()), IsOk());
  this->Begin(5);
  this->Reopen();
  ASSERT_OK_AND_ASSIGN(const LedgerStatistics statistics, this->ledger().Statistics());
  EXPECT_EQ(statistics.sessions_completed, 2u);
  EXPECT_EQ(statistics.sessions_failed, 1u);
  EXPECT_EQ(statistics.sessions_abandoned, 1u);
  EXPECT_EQ(statistics.sessions_open, 1u);
}

TYPED_TEST(LedgerContract, HealthyLedgerSaysSo) {
  EXPECT_THAT(this->ledger().CheckHealth(), IsOk());
}

}  // namespace
}  // namespace enkrat::store

// What is refused before anything is spent, and what a repeated request_id is answered.
#include <latch>
#include <thread>

#include "absl/time/clock.h"
#include "signer/signing_workflow.h"
#include "signer/stored_result.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

class WorkflowRefusalTest : public WorkflowTest {
 protected:
  // Nothing was spent, nothing was made.
  void ExpectNothingHappened() {
    EXPECT_EQ(ledger_.SessionCount(), 0u);
    EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
  }
};

TEST_F(WorkflowRefusalTest, NoDocumentIsMalformed) {
  EXPECT_THAT(Sign(Request(0)), FailsWith(Reason::kRequestMalformed));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, ThousandAndOneDocumentsAreTooMany) {
  EXPECT_THAT(Sign(Request(1001)), FailsWith(Reason::kLimitExceeded));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, LevelThatTheRelyingPartyMayNotAskForIsNotPermitted) {
  SigningRequest request = Request();
  request.intent.level = SignatureLevel::kQualified;
  EXPECT_THAT(Sign(request), FailsWith(Reason::kNotPermitted));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, LevelWithoutAProfileIsNotPermitted) {
  bank_.policies[{.level = SignatureLevel::kQualified}] = {};
  SigningRequest request = Request();
  request.intent.level = SignatureLevel::kQualified;
  EXPECT_THAT(Sign(request), FailsWith(Reason::kNotPermitted));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, SealWithoutAProfileIsNotPermitted) {
  SigningRequest request = Request();
  request.intent.kind = SignatureKind::kSeal;
  request.intent.organization_identifier = "VATSI-12345678";
  EXPECT_THAT(Sign(request), FailsWith(Reason::kNotPermitted));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, DeadlineThatIsTooShortIsRefusedAtOnce) {
  SigningRequest request = Request();
  request.deadline = clock_.Now() + absl::Milliseconds(49);
  EXPECT_THAT(Sign(request), FailsWith(Reason::kDeadlineTooShort));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, RejectedAssertionLeavesEvidenceOfWhyAndNothingElse) {
  identities_.FailWith(MakeError(Reason::kAssertionRejected, "exp is over"));
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kAssertionRejected));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingHappened();
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_EQ(ledger_.Events()[0].step, "assertion-rejected");
  EXPECT_THAT(ledger_.Events()[0].facts_json, HasSubstr("exp is over"));
}

TEST_F(WorkflowRefusalTest, UnreachableIdentityProviderSpendsNothing) {
  identities_.FailWith(MakeError(Reason::kIdpKeysUnavailable, "down"));
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, TokenThatIsKnownToBeAwaySpendsNothing) {
  token_.SetGone(true);
  ASSERT_FALSE(Sign(Request()).ok());  // the one that finds out
  ASSERT_FALSE(pool_->CheckHealth(clock_.Now() + absl::Seconds(1)).ok());
  const size_t sessions = ledger_.SessionCount();
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kHsmUnavailable));
  EXPECT_FALSE(AssertionSpent(result.status()));
  EXPECT_TRUE(RetryDelayOf(result.status()).has_value());
  EXPECT_EQ(ledger_.SessionCount(), sessions);
}

TEST_F(WorkflowRefusalTest, ClientThatLeftBeforeTheIntentSpendsNothing) {
  SigningRequest request = Request();
  request.cancelled = [] { return true; };
  EXPECT_THAT(Sign(request), FailsWith(Reason::kCancelled));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, StoreThatIsDownAtTheIntentSpendsNothing) {
  ledger_.FailNth("RecordIntent", 1);
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, RepeatedRequestGetsTheFirstResultWithoutAnAssertionCheck) {
  const SigningRequest request = Request(2);
  ASSERT_OK_AND_ASSIGN(const SigningResult first, Sign(request));
  identities_.FailWith(MakeError(Reason::kAssertionRejected, "expired by now"));
  ASSERT_OK_AND_ASSIGN(SigningResult again, Sign(request));
  EXPECT_TRUE(again.replayed);
  again.replayed = false;
  EXPECT_EQ(StoredResult::Encode(again), StoredResult::Encode(first));
  EXPECT_EQ(identities_.calls(), 1);
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
}

TEST_F(WorkflowRefusalTest, RepeatedRequestIdWithOtherContentIsRefused) {
  const SigningRequest request = Request();
  ASSERT_THAT(Sign(request), IsOk());
  SigningRequest other_document = request;
  other_document.intent.documents[0].digest[0] ^= 1;
  SigningRequest other_label = request;
  other_label.intent.documents[0].label = "another.pdf";
  SigningRequest other_assertion = request;
  other_assertion.assertion.push_back('x');
  SigningRequest other_format = request;
  other_format.format = SignatureFormat::kRaw;
  for (const SigningRequest& other : {other_document, other_label, other_assertion, other_format}) {
    EXPECT_THAT(Sign(other), FailsWith(Reason::kRequestIdReused));
  }
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
}

TEST_F(WorkflowRefusalTest, SameRequestIdOfAnotherRelyingPartyIsAnotherSession) {
  const SigningRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const SigningResult first, Sign(request));
  bank_.id = "another-bank";
  SigningRequest other = request;
  other.assertion = ToBytes("another assertion");
  ASSERT_OK_AND_ASSIGN(const SigningResult second, Sign(other));
  EXPECT_NE(first.session_id, second.session_id);
}

TEST_F(WorkflowRefusalTest, SpentAssertionIsRejectedUnderAnotherRequestId) {
  const SigningRequest request = Request();
  ASSERT_THAT(Sign(request), IsOk());
  SigningRequest other = Request();
  other.assertion = request.assertion;
  EXPECT_THAT(Sign(other), FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_THAT(ledger_.Events()[0].facts_json, HasSubstr("spent before"));
}

// The ledger forgets spent assertions that have expired: one that was verified in time by two
// calls, which then waited for the HSM, could be spent by both.
TEST_F(WorkflowRefusalTest, AssertionThatExpiredWhileItsCallWaitedIsRejected) {
  identities_.identity.assertion_expires_at = clock_.Now() + absl::Seconds(10);
  SigningRequest request = Request();
  request.cancelled = [this] {
    clock_.Advance(absl::Seconds(10));
    return false;
  };
  EXPECT_THAT(Sign(request), FailsWith(Reason::kAssertionRejected));
  ExpectNothingHappened();
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_THAT(ledger_.Events()[0].facts_json, HasSubstr("expired while"));
}

TEST_F(WorkflowRefusalTest, LoginThatGrewTooOldWhileItsCallWaitedIsRejected) {
  identities_.identity.authenticated_at = clock_.Now() - absl::Seconds(175);
  SigningRequest request = Request();
  request.cancelled = [this] {
    clock_.Advance(absl::Seconds(10));
    return false;
  };
  EXPECT_THAT(Sign(request), FailsWith(Reason::kAssertionRejected));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, PersonWhomNoCertificateCanNameSpendsNothing) {
  identities_.identity.surname = std::string("No\0vak", 6);
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kAssertionRejected));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingHappened();
  EXPECT_EQ(ledger_.Events().size(), 1u);
}

TEST_F(WorkflowRefusalTest, LongNamesAreNoObstacle) {
  identities_.identity.given_name = std::string(40, 'A');
  identities_.identity.surname = std::string(40, 'N');
  EXPECT_THAT(Sign(Request()), IsOk());
}

TEST_F(WorkflowRefusalTest, CallThatWouldWaitTooLongForTheHsmKeepsItsAssertion) {
  UseParts([](SigningWorkflow::Parts& parts) { parts.turns = {.turns = 0, .heavy_turns = 0}; });
  SigningRequest request = Request();
  request.deadline = absl::Now() + absl::Milliseconds(20);
  clock_.Step(absl::Now() - clock_.Now());
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kDeadlineTooShort));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingHappened();
}

TEST_F(WorkflowRefusalTest, OneAssertionInEightThreadsSignsOnce) {
  std::vector<SigningRequest> requests;
  for (int i = 0; i < 8; ++i) {
    requests.push_back(Request());
    requests.back().assertion = requests.front().assertion;
  }
  std::latch start(8);
  std::atomic<int> signed_count = 0;
  std::atomic<int> rejected = 0;
  {
    std::vector<std::jthread> threads;
    for (const SigningRequest& request : requests) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto result = Sign(request);
        if (result.ok()) {
          ++signed_count;
        } else if (ReasonOf(result.status()) == Reason::kAssertionRejected) {
          ++rejected;
        }
      });
    }
  }
  EXPECT_EQ(signed_count, 1);
  EXPECT_EQ(rejected, 7);
}

TEST_F(WorkflowRefusalTest, SameRequestInThreeThreadsIsOneSessionAndOneResult) {
  const SigningRequest request = Request();
  std::latch start(3);
  std::mutex mutex;
  std::vector<std::string> sessions;
  int replayed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto result = Sign(request);
        const std::lock_guard lock(mutex);
        ASSERT_THAT(result, IsOk());
        sessions.push_back(result->session_id);
        replayed += result->replayed ? 1 : 0;
      });
    }
  }
  ASSERT_EQ(sessions.size(), 3u);
  EXPECT_EQ(std::set<std::string>(sessions.begin(), sessions.end()).size(), 1u);
  EXPECT_EQ(replayed, 2);
}

TEST_F(WorkflowRefusalTest, SessionThatWasCutOffIsAbandonedForItsRetry) {
  // What a crash leaves: an intent without an end, and nobody who works on it.
  const SigningRequest request = Request();
  ledger_.FailAlways("CompleteSession");
  ledger_.FailAlways("FailSession");
  ASSERT_FALSE(Sign(request).ok());
  ledger_.ClearFaults();
  const auto retry = Sign(request);
  EXPECT_THAT(retry, FailsWith(Reason::kSessionAbandoned));
  EXPECT_TRUE(AssertionSpent(retry.status()));
  ASSERT_THAT(ledger_.CloseAbandoned(clock_.Now()), IsOk());
  EXPECT_THAT(Sign(request), FailsWith(Reason::kSessionAbandoned));
}

TEST_F(WorkflowRefusalTest, ResultThatIsNoLongerKeptIsNotMadeAgain) {
  const SigningRequest request = Request();
  ASSERT_THAT(Sign(request), IsOk());
  clock_.Advance(absl::Hours(25));
  ASSERT_THAT(ledger_.DropExpired(clock_.Now()), IsOk());
  SigningRequest later = request;
  later.deadline = clock_.Now() + absl::Seconds(30);
  EXPECT_THAT(Sign(later), FailsWith(Reason::kRequestIdReused));
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 1);
}

TEST_F(WorkflowRefusalTest, FindAnswersOnlyTheRelyingPartyItself) {
  const SigningRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  ASSERT_OK_AND_ASSIGN(const SessionReport report,
                       workflow_->Find(bank_, request.intent.request_id));
  EXPECT_EQ(report.state, store::SessionState::kCompleted);
  EXPECT_EQ(report.result->session_id, result.session_id);
  bank_.id = "another-bank";
  EXPECT_THAT(workflow_->Find(bank_, request.intent.request_id), FailsWith(Reason::kNotFound));
  EXPECT_THAT(workflow_->Find(bank_, "not a uuid"), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::signer

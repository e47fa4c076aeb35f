// The nth call to X fails, at every step: then the invariants of docs/threat_model.md hold.
#include "signer/signing_workflow.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;

struct Fault {
  const char* name;
  const char* call;
  int nth;
  const char* answer;
  Reason reason;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class HsmFaultTest : public WorkflowTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(HsmFaultTest, SessionEndsWithoutKeyResultOrSecondUseOfTheAssertion) {
  const SigningRequest request = Request();
  token_.FailNth(GetParam().call, GetParam().nth, GetParam().answer);
  const auto result = Sign(request);
  ASSERT_THAT(result, FailsWith(GetParam().reason));
  EXPECT_TRUE(AssertionSpent(result.status()));
  ExpectNoOneTimeKey();
  const auto record = ledger_.FindSession("bank", request.intent.request_id).value();
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->state, store::SessionState::kFailed);
  EXPECT_FALSE(record->result.has_value());
  EXPECT_EQ(Steps(record->session_id).back(), "failed");
  // The assertion is spent, and the retry is told so without another attempt.
  token_.ClearFaults();
  const auto retry = Sign(request);
  EXPECT_THAT(retry, FailsWith(GetParam().reason));
  EXPECT_TRUE(AssertionSpent(retry.status()));
  SigningRequest replay = Request();
  replay.assertion = request.assertion;
  EXPECT_THAT(Sign(replay), FailsWith(Reason::kAssertionRejected));
  // The next person is served.
  EXPECT_THAT(Sign(Request()), IsOk());
}

constexpr Reason kAway = Reason::kHsmUnavailable;

INSTANTIATE_TEST_SUITE_P(
    EveryStep, HsmFaultTest,
    ::testing::Values(Fault{"Generate", "C_GenerateKeyPair", 1, "CKR_DEVICE_ERROR", kAway},
                      Fault{"GenerateWithoutMemory", "C_GenerateKeyPair", 1, "CKR_DEVICE_MEMORY",
                            Reason::kOverloaded},
                      Fault{"ReadBackPrivate", "C_GetAttributeValue", 1, "CKR_DEVICE_ERROR", kAway},
                      Fault{"ReadBackPublic", "C_GetAttributeValue", 2, "CKR_DEVICE_ERROR", kAway},
                      Fault{"MacInit", "C_SignInit", 1, "CKR_DEVICE_ERROR", kAway},
                      Fault{"Mac", "C_Sign", 1, "CKR_SESSION_HANDLE_INVALID", kAway},
                      Fault{"CaSignInit", "C_SignInit", 2, "CKR_DEVICE_REMOVED", kAway},
                      Fault{"CaSign", "C_Sign", 2, "CKR_DEVICE_ERROR", kAway},
                      Fault{"DocumentSignInit", "C_SignInit", 3, "CKR_GENERAL_ERROR", kAway},
                      Fault{"DocumentSign", "C_Sign", 3, "CKR_DEVICE_ERROR", kAway},
                      Fault{"UnitSign", "C_Sign", 4, "CKR_DEVICE_ERROR", kAway}),
    [](const auto& suite) { return suite.param.name; });

class WorkflowFaultTest : public WorkflowTest {
 protected:
  store::SessionState StateOf(const SigningRequest& request) {
    return ledger_.FindSession("bank", request.intent.request_id).value()->state;
  }
};

TEST_F(WorkflowFaultTest, DestroyThatIsRefusedOnceEndsTheKeyAndTheSession) {
  token_.FailNth("C_DestroyObject", 1, "CKR_FUNCTION_FAILED");
  const SigningRequest request = Request();
  EXPECT_THAT(Sign(request), FailsWith(Reason::kHsmUnavailable));
  ExpectNoOneTimeKey();
  EXPECT_EQ(StateOf(request), store::SessionState::kFailed);
  EXPECT_THAT(EvidenceText(), HasSubstr("\"method\":\"C_CloseSession\""));
}

TEST_F(WorkflowFaultTest, DestructionThatTheTokenDoesNotConfirmWithholdsTheResult) {
  token_.SetLies({.destroy_keeps_objects = true, .close_keeps_objects = true});
  const SigningRequest request = Request();
  EXPECT_THAT(Sign(request), FailsWith(Reason::kKeyDestructionUnconfirmed));
  EXPECT_EQ(StateOf(request), store::SessionState::kFailed);
  // Not even an error leaves before the key has gone the hard way, with C_Finalize.
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, KeyThatFailedItsReadBackAndItsDestructionIsGoneBeforeTheErrorLeaves) {
  token_.SetLies({.extractable = true, .destroy_keeps_objects = true, .close_keeps_objects = true});
  EXPECT_FALSE(Sign(Request()).ok());
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, UnconfirmedDestructionDoesNotHideWhatWentWrongBefore) {
  token_.SetLies({.destroy_keeps_objects = true, .close_keeps_objects = true});
  token_.FailNth("C_Sign", 3, "CKR_DEVICE_ERROR");
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kKeyDestructionUnconfirmed));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("CKR_DEVICE_ERROR"));
}

TEST_F(WorkflowFaultTest, SignatureThatDoesNotVerifyNeverLeaves) {
  token_.SetLies({.wrong_signatures = true});
  const SigningRequest request = Request();
  EXPECT_THAT(Sign(request), FailsWith(Reason::kSignatureSelfCheckFailed));
  ExpectNoOneTimeKey();
  EXPECT_EQ(StateOf(request), store::SessionState::kFailed);
}

TEST_F(WorkflowFaultTest, ExtractableKeyIsNeverUsed) {
  token_.SetLies({.extractable = true});
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kInternal));
  EXPECT_EQ(token_.CallCount("C_Sign"), 0);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, KeyFromOutsideTheTokenIsNeverUsed) {
  token_.SetLies({.not_local = true});
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kInternal));
  EXPECT_EQ(token_.CallCount("C_Sign"), 0);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, ResultThatCannotBeStoredIsNotReleased) {
  ledger_.FailNth("CompleteSession", 1);
  const SigningRequest request = Request();
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kStoreUnavailable));
  EXPECT_TRUE(AssertionSpent(result.status()));
  ExpectNoOneTimeKey();
  EXPECT_EQ(StateOf(request), store::SessionState::kFailed);
  // The certificate exists, so it is kept even though its session failed; so is the evidence.
  EXPECT_EQ(ledger_.CertificateCount(), 1u);
  const auto record = ledger_.FindSession("bank", request.intent.request_id).value();
  EXPECT_THAT(Steps(record->session_id),
              ::testing::ElementsAre("admitted", "assertion-verified", "key-generated",
                                     "certificate-issued", "documents-signed", "key-destroyed",
                                     "timestamped", "failed"));
}

TEST_F(WorkflowFaultTest, CompletionWhoseAnswerGotLostIsFoundByTheRetry) {
  ledger_.LoseAnswerOfNth("CompleteSession", 1);
  const SigningRequest request = Request();
  EXPECT_THAT(Sign(request), FailsWith(Reason::kStoreUnavailable));
  ASSERT_OK_AND_ASSIGN(const SigningResult found, Sign(request));
  EXPECT_TRUE(found.replayed);
}

TEST_F(WorkflowFaultTest, ClientThatLeavesBeforeTheKeyGetsNoKey) {
  SigningRequest request = Request();
  // Asked before the intent, then before the key.
  int asked = 0;
  request.cancelled = [&asked] { return ++asked > 1; };
  EXPECT_THAT(Sign(request), FailsWith(Reason::kCancelled));
  EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
  EXPECT_EQ(StateOf(request), store::SessionState::kFailed);
}

TEST_F(WorkflowFaultTest, ClientThatLeavesBeforeTheCertificateGetsNoCertificate) {
  SigningRequest request = Request();
  int asked = 0;
  request.cancelled = [&asked] { return ++asked > 2; };
  EXPECT_THAT(Sign(request), FailsWith(Reason::kCancelled));
  EXPECT_EQ(token_.CallCount("C_Sign"), 0);
  EXPECT_EQ(ledger_.CertificateCount(), 0u);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, SessionThatReachedTheLedgerFinishesThoughTheClientLeft) {
  SigningRequest request = Request();
  bool left = false;
  request.cancelled = [&left] { return left; };
  ledger_.OnCall([&left](const std::string& call) { left = left || call == "CompleteSession"; });
  EXPECT_THAT(Sign(request), IsOk());
  EXPECT_EQ(StateOf(request), store::SessionState::kCompleted);
}

TEST_F(WorkflowFaultTest, LongSessionStopsAtItsDeadlineBetweenTwoDocuments) {
  SigningRequest request = Request(10);
  // The MAC and the CA's signature come first.
  token_.OnCall([this](const std::string& call) {
    if (call == "C_Sign" && token_.CallCount("C_Sign") == 5) clock_.Advance(absl::Seconds(31));
  });
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kDeadlineTooShort));
  EXPECT_EQ(FieldOf(result.status()), "signing the documents");
  EXPECT_LT(token_.CallCount("C_Sign"), 8);
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, DeadlineThatPassesNamesTheStep) {
  SigningRequest request = Request();
  token_.OnCall([this](const std::string& call) {
    if (call == "C_GenerateKeyPair") clock_.Advance(absl::Seconds(31));
  });
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kDeadlineTooShort));
  EXPECT_EQ(FieldOf(result.status()), "issuing the certificate");
  ExpectNoOneTimeKey();
}

TEST_F(WorkflowFaultTest, ClockThatWasSteppedGivesNoTimestamp) {
  ASSERT_THAT(Sign(Request()), IsOk());
  clock_.Step(absl::Minutes(-5));
  const auto result = Sign(Request());
  EXPECT_THAT(result, FailsWith(Reason::kTimestampUnavailable));
  ExpectNoOneTimeKey();
}

}  // namespace
}  // namespace enkrat::signer

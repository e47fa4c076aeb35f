// What a relying party's policy asks for beyond a good assertion: methods, algorithms, limits, the
// signing PIN, and that the relying party is still let in.
#include <gmock/gmock.h>

#include "common/asn1_time.h"
#include "common/der.h"
#include "common/openssl_ptr.h"
#include "signer/signing_pin.h"
#include "tests/unit/signer/workflow_fixture.h"

namespace enkrat::signer {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPin[] = "480562";

// Knows one PIN.
class FakePins final : public SigningPins {
 public:
  absl::StatusOr<PinReceipt> VerifyForSigning(const PinCheck& check) override {
    ++calls;
    last_sad = ToBytes(check.session_sad);
    if (ToString(check.proof.pin.Reveal()) != kPin) {
      return MakeError(Reason::kSigningPinRejected, "wrong");
    }
    return PinReceipt{.credential_hash = Bytes(32, 0xc1), .mac = Bytes(32, 0xd2)};
  }

  int calls = 0;
  Bytes last_sad;
};

class WorkflowPolicyTest : public WorkflowTest {
 protected:
  LevelPolicy& policy() { return bank_.policies.at({.level = SignatureLevel::kAdvanced}); }

  void UsePins() {
    UseParts([this](SigningWorkflow::Parts& parts) { parts.pins = &pins_; });
    policy().signing_pin = true;
  }
  SigningRequest RequestWithPin(absl::string_view pin) {
    SigningRequest request = Request();
    request.pin_proof = std::make_shared<const PinProof>(
        PinProof{.pin = Secret(pin), .signature_activation_data = Bytes(32)});
    return request;
  }
  // Nothing is in the ledger but evidence, and the token made no key.
  void ExpectNothingSpent() {
    EXPECT_EQ(ledger_.SessionCount(), 0u);
    EXPECT_EQ(token_.CallCount("C_GenerateKeyPair"), 0);
    ExpectNoOneTimeKey();
  }

  FakePins pins_;
};

TEST_F(WorkflowPolicyTest, MethodThatThePolicyDoesNotNameIsToldWhatToStepUpTo) {
  policy().authentication_methods = {"hwk", "mfa"};
  identities_.identity.authentication_methods = {"pwd", "sms"};
  const auto result = Sign(Request());
  ASSERT_THAT(result, FailsWith(Reason::kAuthenticationMethodInsufficient));
  const auto step_up = StepUpOf(result.status());
  ASSERT_TRUE(step_up.has_value());
  EXPECT_THAT(step_up->amr, ElementsAre("hwk", "mfa"));
  EXPECT_EQ(step_up->max_age, absl::Seconds(180));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingSpent();
  ASSERT_EQ(ledger_.Events().size(), 1u);
  EXPECT_THAT(ledger_.Events()[0].facts_json, HasSubstr("AUTHENTICATION_METHOD_INSUFFICIENT"));
}

TEST_F(WorkflowPolicyTest, AssertionWithoutMethodsDoesNotDoWhereOneIsNamed) {
  policy().authentication_methods = {"hwk"};
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kAuthenticationMethodInsufficient));
  ExpectNothingSpent();
}

TEST_F(WorkflowPolicyTest, OneNamedMethodAmongOthersIsEnoughAndIsRecorded) {
  policy().authentication_methods = {"hwk", "mfa"};
  identities_.identity.authentication_methods = {"pwd", "mfa"};
  ASSERT_THAT(Sign(Request()), IsOk());
  EXPECT_THAT(EvidenceText(), HasSubstr("\"methods\":[\"pwd\",\"mfa\"]"));
}

TEST_F(WorkflowPolicyTest, KeyAlgorithmThatThePolicyDoesNotNameIsNotPermitted) {
  policy().key_algorithms = {KeyAlgorithm::kEcdsaP384};
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kNotPermitted));
  ExpectNothingSpent();
  SigningRequest request = Request();
  request.key_algorithm = KeyAlgorithm::kEcdsaP384;
  EXPECT_THAT(Sign(request), IsOk());
}

TEST_F(WorkflowPolicyTest, PolicyReachesTheVerifierOfAssertions) {
  bank_.audiences = {"bank-client"};
  policy().issuers = {"https://idp.example"};
  SigningRequest request = Request();
  request.assertion_type = idp_client::AssertionType::kSamlResponse;
  ASSERT_THAT(Sign(request), IsOk());
  const idp_client::AssertionCheck& check = identities_.last_check();
  EXPECT_EQ(check.type, idp_client::AssertionType::kSamlResponse);
  EXPECT_THAT(check.accepted_audiences, ElementsAre("bank-client"));
  EXPECT_THAT(check.accepted_issuers, ElementsAre("https://idp.example"));
  const auto sad = ComputeSignatureActivationData("bank", request.intent);
  EXPECT_EQ(check.expected_nonce, ToBase64Url(sad));
  EXPECT_EQ(check.expected_in_response_to, "_" + ToHex(sad));
  EXPECT_EQ(check.minimal_level_of_assurance, idp_client::LevelOfAssurance::kSubstantial);
}

TEST_F(WorkflowPolicyTest, DisabledRelyingPartyIsRefusedAtOnce) {
  bank_.disabled->store(true);
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kRelyingPartyDisabled));
  EXPECT_EQ(identities_.calls(), 0);
  ExpectNothingSpent();
}

// Disabled just before each step that cannot be undone: the call ends there.
TEST_F(WorkflowPolicyTest, RelyingPartyDisabledInMidCallGetsNoSignature) {
  for (int steps = 0; steps < 3; ++steps) {
    bank_.disabled = std::make_shared<std::atomic<bool>>(false);
    SigningRequest request = Request();
    int asked = 0;
    request.cancelled = [&asked, steps, disabled = bank_.disabled] {
      if (asked++ == steps) disabled->store(true);
      return false;
    };
    EXPECT_THAT(Sign(request), FailsWith(Reason::kRelyingPartyDisabled)) << steps;
    ExpectNoOneTimeKey();
  }
  EXPECT_THAT(EvidenceText(), HasSubstr("RELYING_PARTY_DISABLED"));
  EXPECT_THAT(EvidenceText(), Not(HasSubstr("completed")));
}

// As with a relying party: a session may wait for its turn at the HSM for long.
TEST_F(WorkflowPolicyTest, CertificatesWithdrawnInMidCallGetNoSignature) {
  absl::Status usable;
  UseParts([&](SigningWorkflow::Parts& parts) {
    parts.certificates_usable = [&](bool) { return usable; };
  });
  for (int steps = 0; steps < 3; ++steps) {
    usable = absl::OkStatus();
    SigningRequest request = Request();
    int asked = 0;
    request.cancelled = [&asked, &usable, steps] {
      if (asked++ == steps) usable = MakeError(Reason::kCertificateStateForbids, "revoked");
      return false;
    };
    EXPECT_THAT(Sign(request), FailsWith(Reason::kCertificateStateForbids)) << steps;
    ExpectNoOneTimeKey();
  }
  EXPECT_THAT(EvidenceText(), Not(HasSubstr("completed")));
}

TEST_F(WorkflowPolicyTest, IssuingCaThatEndsTooSoonIsToldBeforeTheAssertionIsSpent) {
  const auto ca = DecodeDer<X509Ptr, d2i_X509>(issuer_->chain_der().front());
  ASSERT_THAT(ca, IsOk());
  const absl::Time end = TimeFromAsn1(X509_get0_notAfter(ca->get())).value();
  clock_.Advance(end - absl::Minutes(1) - clock_.Now());
  identities_.identity.authenticated_at = clock_.Now();
  identities_.identity.assertion_expires_at = clock_.Now() + absl::Minutes(5);
  SigningRequest request = Request();
  request.deadline = clock_.Now() + absl::Seconds(30);
  const auto result = Sign(request);
  EXPECT_THAT(result, FailsWith(Reason::kProfileRejected));
  EXPECT_FALSE(AssertionSpent(result.status()));
  EXPECT_EQ(ledger_.SessionCount(), 0u);
}

TEST_F(WorkflowPolicyTest, SessionBeyondTheRelyingPartysDayIsRefusedAndSpendsNothing) {
  bank_.sessions_per_day = 2;
  ASSERT_THAT(Sign(Request()), IsOk());
  ASSERT_THAT(Sign(Request()), IsOk());
  const SigningRequest third = Request();
  const auto result = Sign(third);
  ASSERT_THAT(result, FailsWith(Reason::kQuotaExceeded));
  EXPECT_FALSE(AssertionSpent(result.status()));
  const auto delay = RetryDelayOf(result.status());
  ASSERT_TRUE(delay.has_value());
  EXPECT_GT(*delay, absl::ZeroDuration());
  EXPECT_LE(*delay, absl::Hours(24));
  EXPECT_EQ(ledger_.SessionCount(), 2u);
  clock_.Advance(*delay);
  identities_.identity.authenticated_at = clock_.Now();
  identities_.identity.assertion_expires_at = clock_.Now() + absl::Minutes(5);
  SigningRequest tomorrow = third;
  tomorrow.deadline = clock_.Now() + absl::Seconds(30);
  EXPECT_THAT(Sign(tomorrow), IsOk());
}

TEST_F(WorkflowPolicyTest, PersonsAreCountedApart) {
  policy().sessions_per_person_per_day = 1;
  ASSERT_THAT(Sign(Request()), IsOk());
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kQuotaExceeded));
  identities_.identity.subject = "subject-of-bor";
  EXPECT_THAT(Sign(Request()), IsOk());
  EXPECT_THAT(EvidenceText(), Not(HasSubstr("subject-of-bor")));
}

TEST_F(WorkflowPolicyTest, RepeatedRequestCountsOnce) {
  bank_.sessions_per_day = 1;
  const SigningRequest request = Request();
  ASSERT_THAT(Sign(request), IsOk());
  EXPECT_THAT(Sign(request), IsOk());
}

TEST_F(WorkflowPolicyTest, MissingPinIsAskedForBeforeAnythingElse) {
  UsePins();
  EXPECT_THAT(Sign(Request()), FailsWith(Reason::kSigningPinRequired));
  EXPECT_EQ(identities_.calls(), 0);
  ExpectNothingSpent();
}

TEST_F(WorkflowPolicyTest, WrongPinSpendsNothingAndLeavesEvidence) {
  UsePins();
  SigningRequest request = RequestWithPin("111999");
  const auto result = Sign(request);
  ASSERT_THAT(result, FailsWith(Reason::kSigningPinRejected));
  EXPECT_FALSE(AssertionSpent(result.status()));
  ExpectNothingSpent();
  EXPECT_THAT(ledger_.Events().at(0).facts_json, HasSubstr("SIGNING_PIN_REJECTED"));
  // The same assertion does, with the right PIN.
  request.pin_proof = RequestWithPin(kPin).pin_proof;
  EXPECT_THAT(Sign(request), IsOk());
}

TEST_F(WorkflowPolicyTest, PinIsTriedOnlyWithAGoodAssertion) {
  UsePins();
  identities_.FailWith(MakeError(Reason::kAssertionRejected, "expired"));
  EXPECT_THAT(Sign(RequestWithPin(kPin)), FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(pins_.calls, 0);
}

TEST_F(WorkflowPolicyTest, RightPinIsProvedByAReceiptOverTheSessionsDocuments) {
  UsePins();
  const SigningRequest request = RequestWithPin(kPin);
  ASSERT_OK_AND_ASSIGN(const SigningResult result, Sign(request));
  EXPECT_EQ(pins_.last_sad, ToBytes(ComputeSignatureActivationData("bank", request.intent)));
  EXPECT_THAT(Steps(result.session_id), Contains("signing-pin-verified"));
  EXPECT_THAT(EvidenceText(), HasSubstr(ToHex(Bytes(32, 0xd2))));
  EXPECT_THAT(EvidenceText(), Not(HasSubstr(kPin)));
  EXPECT_THAT(log_text_.str(), Not(HasSubstr(kPin)));
}

TEST_F(WorkflowPolicyTest, RepeatWithAnotherPinGetsTheFirstResult) {
  UsePins();
  SigningRequest request = RequestWithPin(kPin);
  ASSERT_THAT(Sign(request), IsOk());
  request.pin_proof = RequestWithPin("111999").pin_proof;
  ASSERT_OK_AND_ASSIGN(const SigningResult again, Sign(request));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(pins_.calls, 1);
}

TEST_F(WorkflowPolicyTest, PinThatNobodyWouldLookAtIsRefused) {
  EXPECT_THAT(Sign(RequestWithPin(kPin)), FailsWith(Reason::kRequestMalformed));
  ExpectNothingSpent();
}

TEST_F(WorkflowPolicyTest, PinProofOfAnotherShapeIsRefused) {
  UsePins();
  for (const PinProof* proof :
       {new PinProof{.pin = Secret(), .signature_activation_data = Bytes(32)},
        new PinProof{.pin = Secret(std::string(65, '1')), .signature_activation_data = Bytes(32)},
        new PinProof{.pin = Secret(kPin), .signature_activation_data = Bytes(31)}}) {
    SigningRequest request = Request();
    request.pin_proof.reset(proof);
    EXPECT_THAT(Sign(request), FailsWith(Reason::kRequestMalformed));
  }
  EXPECT_EQ(pins_.calls, 0);
}

}  // namespace
}  // namespace enkrat::signer

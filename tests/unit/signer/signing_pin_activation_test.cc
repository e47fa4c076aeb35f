// Tests of the life of a signing PIN: each rule, and each step in the wrong order.
#include "signer/signing_pin_activation.h"

#include "tests/unit/signer/pin_fixture.h"

namespace enkrat::signer {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using idp_client::LevelOfAssurance;
using store::PinState;

Secret Text(absl::string_view text) { return Secret(text); }
std::string Revealed(const Secret& secret) { return ToString(secret.Reveal()); }

class Activation : public PinFixture {};

TEST_F(Activation, WholeLife) {
  const SigningPinEnrolment enrolment = Enrol();
  EXPECT_EQ(enrolment.status.state, PinState::kTransport);
  EXPECT_EQ(enrolment.status.enrolled_at, clock_.Now());
  clock_.Advance(absl::Seconds(10));
  const auto activated = activation_->Activate(Request(), enrolment.transport_pin, Text(kPin));
  ASSERT_THAT(activated, IsOk());
  EXPECT_EQ(activated->state, PinState::kActive);
  EXPECT_EQ(activated->changed_at - activated->enrolled_at, absl::Seconds(10));
  EXPECT_THAT(Sign(kPin), IsOk());
  EXPECT_THAT(Change(kPin, kNewPin), IsOk());
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Sign(kNewPin), IsOk());
  Lock();
  ASSERT_THAT(Unblock(Revealed(enrolment.puk), kPin), IsOk());
  EXPECT_THAT(Sign(kPin), IsOk());
  const auto status = activation_->GetStatus(Request());
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->state, PinState::kActive);
  EXPECT_EQ(status->pin_tries_left, 3);
  EXPECT_THAT(activation_->Revoke(Request()), IsOk());
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_EQ(activation_->GetStatus(Request())->state, PinState::kRevoked);
}

TEST_F(Activation, EnrolmentAsksForHighTheOthersForSubstantial) {
  const SigningPinEnrolment enrolment = Enrol();
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kHigh);
  EXPECT_THAT(activation_->Activate(Request(), enrolment.transport_pin, Text(kPin)), IsOk());
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kSubstantial);
  EXPECT_THAT(Change(kPin, kNewPin), IsOk());
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kSubstantial);
  EXPECT_THAT(Unblock(Revealed(enrolment.puk), kPin), IsOk());
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kSubstantial);
  EXPECT_THAT(activation_->GetStatus(Request()), IsOk());
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kSubstantial);
  EXPECT_THAT(activation_->Revoke(Request()), IsOk());
  EXPECT_EQ(identities_.last.minimal_level_of_assurance, LevelOfAssurance::kSubstantial);
}

TEST_F(Activation, AssertionMustBeFreshAndBoundToTheCall) {
  relying_party_.audiences = {"client-one"};
  relying_party_.policies[{}].issuers = {"https://idp.example"};
  const ActivationRequest request = Request();
  ASSERT_THAT(activation_->Enrol(request), IsOk());
  const auto binding =
      ComputeActivationBinding("rp-one", ActivationOperation::kEnrol, request.request_id);
  EXPECT_TRUE(identities_.last.binding_required);
  EXPECT_EQ(identities_.last.expected_nonce, ToBase64Url(binding));
  EXPECT_EQ(identities_.last.expected_in_response_to, "_" + ToHex(binding));
  EXPECT_EQ(identities_.last.authorized_act, nullptr);
  EXPECT_EQ(identities_.last.max_authentication_age, absl::Seconds(180));
  EXPECT_EQ(identities_.last.accepted_issuers, relying_party_.policies[{}].issuers);
  EXPECT_EQ(identities_.last.accepted_audiences, relying_party_.audiences);
}

// Seals that it makes itself have no person, and so no providers.
TEST_F(Activation, OwnSealsOfTheRelyingPartyDoNotWidenItsProviders) {
  relying_party_.policies[{}].issuers = {"https://idp.example"};
  relying_party_.policies[{.kind = SignatureKind::kSeal}].seal_authorization =
      SealAuthorization::kRelyingParty;
  ASSERT_THAT(activation_->Enrol(Request()), IsOk());
  EXPECT_EQ(identities_.last.accepted_issuers, relying_party_.policies[{}].issuers);
}

TEST_F(Activation, RejectedAssertionIsKeptAsEvidenceAndChangesNothing) {
  identities_.refusal = MakeError(Reason::kAssertionRejected, "nonce");
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(ledger_.Events().size(), 1u);
  EXPECT_TRUE(credentials_.Events().empty());
  identities_.refusal = MakeError(Reason::kIdpKeysUnavailable, "down");
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kIdpKeysUnavailable));
  EXPECT_EQ(ledger_.Events().size(), 1u);
}

TEST_F(Activation, MalformedRequestsAreRefusedWithTheirField) {
  ActivationRequest request = Request();
  request.request_id = "not-a-uuid";
  auto enrolment = activation_->Enrol(request);
  EXPECT_THAT(enrolment, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(enrolment.status()), "person.request_id");
  request = Request();
  request.assertion.clear();
  enrolment = activation_->Enrol(request);
  EXPECT_THAT(enrolment, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(enrolment.status()), "person.assertion");
  request.assertion = Bytes(16 * 1024 + 1);
  EXPECT_THAT(activation_->Enrol(request), FailsWith(Reason::kLimitExceeded));
  request.assertion_type = idp_client::AssertionType::kSamlResponse;
  request.assertion = Bytes(256 * 1024 + 1);
  EXPECT_THAT(activation_->Enrol(request), FailsWith(Reason::kLimitExceeded));
  EXPECT_EQ(identities_.asked, 0);
}

TEST_F(Activation, DisabledRelyingPartyIsRefused) {
  relying_party_.disabled->store(true);
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kRelyingPartyDisabled));
}

TEST_F(Activation, RepeatedEnrolmentDoesNotTellThePukAgain) {
  const ActivationRequest request = Request();
  ASSERT_THAT(activation_->Enrol(request), IsOk());
  EXPECT_THAT(activation_->Enrol(request), FailsWith(Reason::kRequestIdReused));
}

TEST_F(Activation, AssertionIsSpentOnce) {
  ActivationRequest request = Request();
  ASSERT_THAT(activation_->Enrol(request), IsOk());
  ActivationRequest again = Request();
  again.assertion = request.assertion;
  EXPECT_THAT(activation_->GetStatus(again), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(activation_->Activate(again, Text("12345670"), Text(kPin)),
              FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(Activation, TypoDoesNotCostTheAssertion) {
  const SigningPinEnrolment enrolment = Enrol();
  const ActivationRequest request = Request();
  EXPECT_THAT(activation_->Activate(request, Text("00000000"), Text(kPin)),
              FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(activation_->Activate(request, enrolment.transport_pin, Text(kPin)), IsOk());
}

TEST_F(Activation, SecondEnrolmentIsRefusedWhileThePinLives) {
  Enrol();
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kSigningPinExists));
  for (int n = 0; n < 3; ++n) {
    EXPECT_FALSE(activation_->Activate(Request(), Text("00000000"), Text(kPin)).ok());
  }
  EXPECT_EQ(Credential().state, PinState::kLocked);
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kSigningPinExists));
}

TEST_F(Activation, EnrolmentAfterTheEndStartsAnew) {
  const SigningPinEnrolment first = EnrolAndActivate();
  ASSERT_THAT(activation_->Revoke(Request()), IsOk());
  const SigningPinEnrolment second = Enrol();
  EXPECT_NE(Revealed(first.puk), Revealed(second.puk));
  EXPECT_THAT(Unblock(Revealed(first.puk), kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_EQ(Credential().puk_tries_left, 2);
}

TEST_F(Activation, TransportPinThatIsLockedIsUnblockedByThePuk) {
  const SigningPinEnrolment enrolment = Enrol();
  for (int n = 0; n < 3; ++n) {
    EXPECT_FALSE(activation_->Activate(Request(), Text("00000000"), Text(kPin)).ok());
  }
  EXPECT_THAT(activation_->Activate(Request(), enrolment.transport_pin, Text(kPin)),
              FailsWith(Reason::kSigningPinLocked));
  EXPECT_THAT(Unblock(Revealed(enrolment.puk), kPin), IsOk());
  EXPECT_THAT(Sign(kPin), IsOk());
}

TEST_F(Activation, StepsInTheWrongOrderLookLikeAWrongPin) {
  EXPECT_THAT(activation_->Activate(Request(), Text("84629375"), Text(kPin)),
              FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Change(kPin, kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Unblock("K7MQ2XAB", kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(activation_->Revoke(Request()), FailsWith(Reason::kNotFound));
  EXPECT_EQ(activation_->GetStatus(Request())->state, std::nullopt);
  const SigningPinEnrolment enrolment = Enrol();
  EXPECT_THAT(Change(Revealed(enrolment.transport_pin), kNewPin),
              FailsWith(Reason::kSigningPinRejected));
  ASSERT_THAT(activation_->Activate(Request(), enrolment.transport_pin, Text(kPin)), IsOk());
  EXPECT_THAT(activation_->Activate(Request(), Text(kPin), Text(kNewPin)),
              FailsWith(Reason::kSigningPinRejected));
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(Activation, ThirdWrongPukDestroysAndSaysSoOnce) {
  const SigningPinEnrolment enrolment = EnrolAndActivate();
  Lock();
  EXPECT_THAT(Unblock("23456789", kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Unblock("23456789", kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Unblock("23456789", kNewPin), FailsWith(Reason::kSigningPinDestroyed));
  EXPECT_EQ(Credential().state, PinState::kDestroyed);
  EXPECT_THAT(Unblock(Revealed(enrolment.puk), kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_NE(log_.str().find("a signing PIN was destroyed"), std::string::npos);
  EXPECT_THAT(activation_->Enrol(Request()), IsOk());
}

TEST_F(Activation, RightPukAtTheThirdTryGivesAllTriesBack) {
  const SigningPinEnrolment enrolment = EnrolAndActivate();
  Lock();
  EXPECT_FALSE(Unblock("23456789", kNewPin).ok());
  EXPECT_FALSE(Unblock("23456789", kNewPin).ok());
  const auto status = Unblock(Revealed(enrolment.puk), kNewPin);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->pin_tries_left, 3);
  EXPECT_EQ(status->puk_tries_left, 3);
  EXPECT_EQ(Credential().puk_tries_left, 3);
}

TEST_F(Activation, WrongPinsOfChangeAndSignAreCountedTogether) {
  EnrolAndActivate();
  EXPECT_THAT(Sign("951437"), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Change("951437", kNewPin), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Sign("951437"), FailsWith(Reason::kSigningPinLocked));
}

TEST_F(Activation, UnsuitableNewPinTakesNoTryAndNoAssertion) {
  EnrolAndActivate();
  identities_.identity.date_of_birth = "1984-03-29";
  const ActivationRequest request = Request();
  for (const char* weak : {"123456", "7392", "739251846", "k290384", "password", "73 9251", kPin}) {
    const auto changed = activation_->Change(request, Text(kPin), Text(weak));
    EXPECT_THAT(changed, FailsWith(Reason::kSigningPinUnsuitable)) << weak;
    EXPECT_EQ(FieldOf(changed.status()), "new_pin") << weak;
  }
  EXPECT_EQ(Credential().pin_tries_left, 3);
  EXPECT_THAT(activation_->Change(request, Text(kPin), Text(kNewPin)), IsOk());
}

TEST_F(Activation, TransportPinCannotBeKept) {
  const SigningPinEnrolment enrolment = Enrol();
  EXPECT_THAT(activation_->Activate(Request(), enrolment.transport_pin,
                                    Text(Revealed(enrolment.transport_pin))),
              FailsWith(Reason::kSigningPinUnsuitable));
}

TEST_F(Activation, StatusCountsTheTriesThatAreLeft) {
  EnrolAndActivate();
  EXPECT_FALSE(Sign("951437").ok());
  EXPECT_FALSE(Unblock("23456789", kNewPin).ok());
  const auto status = activation_->GetStatus(Request());
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->pin_tries_left, 2);
  EXPECT_EQ(status->puk_tries_left, 2);
}

TEST_F(Activation, PukIsRederivedAtTheCostOfNow) {
  const SigningPinEnrolment enrolment = EnrolAndActivate();
  UseCost({.memory_kib = 16, .passes = 1});
  ASSERT_THAT(Unblock(Revealed(enrolment.puk), kNewPin), IsOk());
  EXPECT_EQ(Credential().puk.memory_kib, 16u);
  EXPECT_THAT(Unblock(Revealed(enrolment.puk), kPin), IsOk());
}

TEST_F(Activation, FaultsOfTheStoreChangeNothing) {
  credentials_.FailAlways("Enrol");
  EXPECT_THAT(activation_->Enrol(Request()), FailsWith(Reason::kStoreUnavailable));
  credentials_.ClearFaults();
  EnrolAndActivate();
  credentials_.FailAlways("Replace");
  EXPECT_THAT(Change(kPin, kNewPin), FailsWith(Reason::kStoreUnavailable));
  credentials_.ClearFaults();
  EXPECT_THAT(Sign(kPin), IsOk());
}

TEST_F(Activation, DeadlineThatHasPassedTakesNoTry) {
  EnrolAndActivate();
  ActivationRequest request = Request();
  credentials_.OnCall([&](const std::string& function) {
    if (function == "Find") clock_.Advance(absl::Hours(1));
  });
  request.deadline = clock_.Now() + absl::Minutes(1);
  EXPECT_THAT(activation_->Change(request, Text("951437"), Text(kNewPin)),
              FailsWith(Reason::kDeadlineTooShort));
  credentials_.OnCall({});
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(Activation, NothingOfASecretOrANameIsKeptOrLogged) {
  identities_.identity.given_name = "Ana";
  identities_.identity.surname = "Kovacic";
  const SigningPinEnrolment enrolment = EnrolAndActivate();
  Lock();
  EXPECT_THAT(Unblock(Revealed(enrolment.puk), kNewPin), IsOk());
  for (int n = 0; n < 3; ++n) EXPECT_FALSE(Unblock("K7MQ2XAB", kPin).ok());
  const std::string traces = Traces();
  ASSERT_NE(traces.find("signing-pin-unblocked"), std::string::npos);
  ASSERT_NE(traces.find("signing-pin-destroyed"), std::string::npos);
  for (const std::string& secret :
       {Revealed(enrolment.transport_pin), Revealed(enrolment.puk), std::string(kPin),
        std::string(kNewPin), std::string("951437"), std::string("K7MQ2XAB"),
        std::string("person-one"), std::string("Ana"), std::string("Kovacic"),
        Credential().credential_id, ToHex(Credential().person)}) {
    EXPECT_EQ(traces.find(secret), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace enkrat::signer

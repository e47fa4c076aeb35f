// Tests of the PIN in an act of signing: what counts as a try, and what comes of it.
#include <thread>
#include <vector>

#include "tests/unit/signer/pin_fixture.h"

namespace enkrat::signer {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using store::PinState;

class SigningWithPin : public PinFixture {};

TEST_F(SigningWithPin, RightPinGivesAReceiptForThisActOnly) {
  EnrolAndActivate();
  const auto receipt = Sign(kPin);
  ASSERT_THAT(receipt, IsOk());
  EXPECT_EQ(receipt->credential_hash,
            verifiers_->CredentialHash(Credential().credential_id, absl::InfiniteFuture()).value());
  EXPECT_EQ(receipt->mac,
            verifiers_->ReceiptMac(receipt->credential_hash, sad_, absl::InfiniteFuture()).value());
  EXPECT_NE(receipt->mac,
            verifiers_->ReceiptMac(receipt->credential_hash, {9}, absl::InfiniteFuture()).value());
}

TEST_F(SigningWithPin, PinTypedForAnotherActTakesNoTry) {
  EnrolAndActivate();
  const PinProof proof = {.pin = Secret(absl::string_view(kPin)),
                          .signature_activation_data = Bytes(32, 7)};
  const auto receipt = pins_->VerifyForSigning({.relying_party = relying_party_.id,
                                                .identity = identities_.identity,
                                                .proof = proof,
                                                .session_sad = sad_});
  EXPECT_THAT(receipt, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(receipt.status()), "pin_proof.signature_activation_data");
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, WhatIsNoPinTakesNoTry) {
  EnrolAndActivate();
  const auto receipt = Sign("7392");
  EXPECT_THAT(receipt, FailsWith(Reason::kRequestMalformed));
  EXPECT_EQ(FieldOf(receipt.status()), "pin_proof.pin");
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, ThirdWrongPinInARowLocks) {
  EnrolAndActivate();
  EXPECT_THAT(Sign("951437"), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Sign("951437"), FailsWith(Reason::kSigningPinRejected));
  EXPECT_THAT(Sign("951437"), FailsWith(Reason::kSigningPinLocked));
  EXPECT_EQ(Credential().state, PinState::kLocked);
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinLocked));
  EXPECT_NE(log_.str().find("a signing PIN was locked"), std::string::npos);
}

TEST_F(SigningWithPin, RightThirdTryGivesAllTriesBack) {
  EnrolAndActivate();
  EXPECT_FALSE(Sign("951437").ok());
  EXPECT_FALSE(Sign("951437").ok());
  EXPECT_THAT(Sign(kPin), IsOk());
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, LockedPinIsNotComparedAtAll) {
  EnrolAndActivate();
  Lock();
  const int macs = macs_;
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinLocked));
  EXPECT_EQ(macs_, macs + 1);  // who it is; no candidate
}

TEST_F(SigningWithPin, TryIsTakenBeforeTheComparison) {
  EnrolAndActivate();
  std::vector<std::string> order;
  credentials_.OnCall([&](const std::string& function) { order.push_back(function); });
  EXPECT_FALSE(Sign("951437").ok());
  EXPECT_EQ(order, (std::vector<std::string>{"Find", "TakeTry", "Reject"}));
  order.clear();
  EXPECT_THAT(Sign(kPin), IsOk());
  EXPECT_EQ(order, (std::vector<std::string>{"Find", "TakeTry", "Accept"}));
}

TEST_F(SigningWithPin, TryThatCannotBeTakenIsNotCompared) {
  EnrolAndActivate();
  credentials_.FailAlways("TakeTry");
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kStoreUnavailable));
  credentials_.ClearFaults();
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, RightPinThatCannotBeNotedDoesNotSign) {
  EnrolAndActivate();
  credentials_.FailAlways("Accept");
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kStoreUnavailable));
  credentials_.ClearFaults();
  EXPECT_EQ(Credential().pin_tries_left, 2);
}

TEST_F(SigningWithPin, HsmThatIsAwayTakesNoTry) {
  EnrolAndActivate();
  mac_failure_ = MakeError(Reason::kHsmUnavailable, "away");
  for (int n = 0; n < 5; ++n) EXPECT_THAT(Sign(kPin), FailsWith(Reason::kHsmUnavailable));
  mac_failure_ = absl::OkStatus();
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, SpentAssertionTakesNoTry) {
  EnrolAndActivate();
  credentials_.Spend("https://idp.example", "spent");
  EXPECT_THAT(Sign("951437", "spent"), FailsWith(Reason::kAssertionRejected));
  EXPECT_THAT(Sign(kPin, "spent"), FailsWith(Reason::kAssertionRejected));
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, TransportPinDoesNotSign) {
  const SigningPinEnrolment enrolment = Enrol();
  const auto receipt = Sign(ToString(enrolment.transport_pin.Reveal()));
  EXPECT_THAT(receipt, FailsWith(Reason::kSigningPinRejected));
  EXPECT_EQ(Credential().pin_tries_left, 3);
}

TEST_F(SigningWithPin, PersonWithoutAPinLooksLikeAWrongPin) {
  EnrolAndActivate();
  const auto wrong = Sign("951437");
  identities_.identity.subject = "stranger";
  const int macs = macs_;
  const size_t calls = credentials_.Calls().size();
  const auto stranger = Sign("951437");
  EXPECT_EQ(stranger.status(), wrong.status());
  // As much work: person, candidate, credential hash; look up, take, reject.
  EXPECT_EQ(macs_ - macs, 3);
  EXPECT_EQ(credentials_.Calls().size() - calls, 3u);
}

TEST_F(SigningWithPin, PersonAtAnotherRelyingPartyHasNoPinThere) {
  EnrolAndActivate();
  relying_party_.id = "rp-two";
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinRejected));
}

TEST_F(SigningWithPin, RevokedAndDestroyedPinsLookLikeNone) {
  const SigningPinEnrolment enrolment = EnrolAndActivate();
  EXPECT_THAT(activation_->Revoke(Request()), IsOk());
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinRejected));
  EnrolAndActivate();
  for (int n = 0; n < 3; ++n) EXPECT_FALSE(Unblock("23456789", kNewPin).ok());
  EXPECT_EQ(Credential().state, PinState::kDestroyed);
  EXPECT_THAT(Sign(kPin), FailsWith(Reason::kSigningPinRejected));
}

TEST_F(SigningWithPin, RightPinIsRederivedAtTheCostOfNow) {
  EnrolAndActivate();
  UseCost({.memory_kib = 16, .passes = 2});
  EXPECT_FALSE(Sign("951437").ok());
  EXPECT_EQ(Credential().pin.memory_kib, 8u);
  EXPECT_THAT(Sign(kPin), IsOk());
  EXPECT_EQ(Credential().pin.memory_kib, 16u);
  EXPECT_EQ(Credential().pin.passes, 2u);
  EXPECT_THAT(Sign(kPin), IsOk());
}

TEST_F(SigningWithPin, PinReplacedBetweenTwoStepsIsLookedAtAnew) {
  EnrolAndActivate();
  bool once = true;
  credentials_.OnCall([&](const std::string& function) {
    if (function != "TakeTry" || !std::exchange(once, false)) return;
    store::SecretVerifier other =
        verifiers_
            ->Make(Credential().credential_id, SecretKind::kPin, Secret(absl::string_view(kPin)),
                   absl::InfiniteFuture())
            .value();
    EXPECT_TRUE(credentials_.Accept(Credential().credential_id, 1, other).value());
  });
  EXPECT_THAT(Sign(kPin), IsOk());
}

TEST_F(SigningWithPin, HundredParallelGuessesAreThreeComparisons) {
  EnrolAndActivate();
  std::atomic<int> rejected = 0;
  std::atomic<int> locked = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 20; ++n) {
    threads.emplace_back([&, n] {
      idp_client::VerifiedIdentity identity = identities_.identity;
      identity.assertion_id = "guess-" + std::to_string(n);
      for (int guess = 0; guess < 5; ++guess) {
        const std::string pin = "95" + std::to_string(1437 + 100 * n + guess);
        const PinProof proof = {.pin = Secret(absl::string_view(pin)),
                                .signature_activation_data = ToBytes(ByteSpan(sad_))};
        const auto receipt = pins_->VerifyForSigning({.relying_party = relying_party_.id,
                                                      .identity = identity,
                                                      .proof = proof,
                                                      .session_sad = sad_});
        ASSERT_FALSE(receipt.ok());
        ++(ReasonOf(receipt.status()) == Reason::kSigningPinLocked ? locked : rejected);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int comparisons = 0;
  for (const std::string& call : credentials_.Calls()) comparisons += call == "Reject" ? 1 : 0;
  EXPECT_EQ(comparisons, 3);
  // Two tries that overlap may both learn that no try is left.
  EXPECT_LE(rejected, 2);
  EXPECT_EQ(rejected + locked, 100);
}

// Whatever wrong PINs, malformed ones, strangers and faults there are between: without a right
// secret no counter goes up.
TEST_F(SigningWithPin, NoCounterGoesUpWithoutARightSecret) {
  EnrolAndActivate();
  uint32_t random = 12345;
  const auto next = [&random](uint32_t bound) {
    random = random * 1664525u + 1013904223u;
    return (random >> 8) % bound;
  };
  for (int run = 0; run < 300; ++run) {
    const store::PinCredential before = Credential();
    switch (next(6)) {
      case 0:
        EXPECT_FALSE(Sign("95143" + std::to_string(next(10))).ok());
        break;
      case 1:
        EXPECT_FALSE(Change("951437", kNewPin).ok());
        break;
      case 2:
        EXPECT_FALSE(Unblock("23456789", next(2) == 0 ? kNewPin : "123456").ok());
        break;
      case 3:
        credentials_.FailAlways(next(2) == 0 ? "TakeTry" : "Reject");
        EXPECT_FALSE(Sign("951437").ok());
        credentials_.ClearFaults();
        break;
      case 4:
        mac_failure_ = MakeError(Reason::kHsmUnavailable, "away");
        EXPECT_FALSE(Sign(kPin).ok());
        mac_failure_ = absl::OkStatus();
        break;
      default:
        EXPECT_FALSE(activation_->Enrol(Request()).ok() && before.state < PinState::kDestroyed);
    }
    const store::PinCredential after = Credential();
    if (after.credential_id != before.credential_id) {
      ASSERT_EQ(before.state, PinState::kDestroyed);
      continue;
    }
    ASSERT_LE(after.pin_tries_left, before.pin_tries_left) << "run " << run;
    ASSERT_LE(after.puk_tries_left, before.puk_tries_left) << "run " << run;
  }
}

}  // namespace
}  // namespace enkrat::signer

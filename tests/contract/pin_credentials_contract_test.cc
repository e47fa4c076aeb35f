// One suite over the signing PIN credentials in memory and on SQLite: store/pin_credentials.h.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/sqlite_ledger.h"
#include "tests/support/in_memory_pin_credentials.h"
#include "tests/support/ledger_records.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using enkrat::testing::InMemoryPinCredentials;
using enkrat::testing::IsOk;

class MemoryPins {
 public:
  PinCredentials& pins() { return pins_; }
  void Reopen() {}

 private:
  InMemoryPinCredentials pins_;
};

class SqlitePins {
 public:
  SqlitePins() { Open(); }
  PinCredentials& pins() { return ledger_->pin_credentials(); }
  void Reopen() {
    ledger_.reset();
    Open();
  }

 private:
  void Open() {
    ledger_ = SqliteLedger::Create(testing::LedgerOptions(folder_.File("ledger.db"))).value();
  }

  enkrat::testing::ScratchFolder folder_;
  std::unique_ptr<SqliteLedger> ledger_;
};

const Bytes kPerson(32, 0x11);
const Bytes kOtherPerson(32, 0x22);

SecretVerifier Verifier(uint8_t octet) {
  return {.salt = Bytes(16, octet), .memory_kib = 8192, .passes = 1, .mac = Bytes(32, octet)};
}

absl::Time At(int second) { return absl::FromUnixSeconds(1'800'000'000 + second); }

// The nth act: an assertion and a request_id of its own.
PinAct Act(int n) {
  return {.relying_party = "rp-one",
          .request_id = absl::StrCat("request-", n),
          .issuer = "https://idp.example",
          .assertion_id = absl::StrCat("assertion-", n),
          .assertion_expires_at = At(600),
          .at = At(n),
          .evidence = {.step = "signing-pin-act", .at = At(n), .facts_json = "{}"}};
}

PinCredential Fresh(const std::string& id = "credential-one", const Bytes& person = kPerson) {
  PinCredential fresh;
  fresh.person = person;
  fresh.credential_id = id;
  fresh.relying_party = "rp-one";
  fresh.pin = Verifier(1);
  fresh.puk = Verifier(2);
  return fresh;
}

EvidenceRecord Wrong() { return {.step = "signing-pin-wrong", .at = At(1), .facts_json = "{}"}; }

template <typename Home>
class PinCredentialsContract : public ::testing::Test {
 protected:
  PinCredentials& pins() { return home_.pins(); }
  void Reopen() { home_.Reopen(); }

  PinActOutcome Enrol(int n, const PinCredential& fresh = Fresh()) {
    return pins().Enrol(Act(n), fresh).value();
  }
  // The transport PIN (salt 1) is replaced by one of salt 3.
  void EnrolAndActivate() {
    ASSERT_EQ(Enrol(1), PinActOutcome::kDone);
    ASSERT_EQ(Replace(2, /*revision=*/0, Verifier(3)), PinActOutcome::kDone);
  }
  PinActOutcome Replace(int n, int64_t revision, SecretVerifier pin, bool by_puk = false) {
    return pins()
        .Replace(Act(n), {.credential_id = "credential-one",
                          .revision = revision,
                          .pin = std::move(pin),
                          .puk = std::nullopt,
                          .by_puk = by_puk})
        .value();
  }
  TakenTry Take(SecretUse use, uint8_t salt, int assertion = 100, const Bytes& person = kPerson) {
    return pins()
        .TakeTry({.person = person,
                  .use = use,
                  .salt = Bytes(16, salt),
                  .issuer = "https://idp.example",
                  .assertion_id = absl::StrCat("assertion-", assertion)})
        .value();
  }
  PinState Reject() { return pins().Reject("credential-one", Wrong()).value(); }
  PinCredential Found(const Bytes& person = kPerson) { return pins().Find(person).value().value(); }

 private:
  Home home_;
};

using PinHomes = ::testing::Types<MemoryPins, SqlitePins>;
TYPED_TEST_SUITE(PinCredentialsContract, PinHomes);

TYPED_TEST(PinCredentialsContract, NobodyHasACredentialAtFirst) {
  EXPECT_EQ(this->pins().Find(kPerson).value(), std::nullopt);
}

TYPED_TEST(PinCredentialsContract, EnrolledCredentialHasATransportPinAndAllTries) {
  ASSERT_EQ(this->Enrol(1), PinActOutcome::kDone);
  this->Reopen();
  const PinCredential found = this->Found();
  EXPECT_EQ(found.state, PinState::kTransport);
  EXPECT_EQ(found.credential_id, "credential-one");
  EXPECT_EQ(found.relying_party, "rp-one");
  EXPECT_EQ(found.pin_tries_left, 3);
  EXPECT_EQ(found.puk_tries_left, 3);
  EXPECT_EQ(found.pin.mac, Verifier(1).mac);
  EXPECT_EQ(found.puk.salt, Verifier(2).salt);
  EXPECT_EQ(found.pin.memory_kib, 8192u);
  EXPECT_EQ(found.enrolled_at, At(1));
}

TYPED_TEST(PinCredentialsContract, SecondEnrolmentOfALiveCredentialChangesNothing) {
  ASSERT_EQ(this->Enrol(1), PinActOutcome::kDone);
  EXPECT_EQ(this->Enrol(2, Fresh("credential-two")), PinActOutcome::kNotInState);
  EXPECT_EQ(this->Found().credential_id, "credential-one");
  // The assertion was not spent either.
  EXPECT_EQ(this->Enrol(2, Fresh("credential-two", kOtherPerson)), PinActOutcome::kDone);
}

TYPED_TEST(PinCredentialsContract, RequestIdIsUsedUpByAnActThatWasDone) {
  EXPECT_FALSE(this->pins().RequestIdTaken("rp-one", "request-1").value());
  ASSERT_EQ(this->Enrol(1), PinActOutcome::kDone);
  EXPECT_TRUE(this->pins().RequestIdTaken("rp-one", "request-1").value());
  EXPECT_FALSE(this->pins().RequestIdTaken("rp-two", "request-1").value());
  PinAct again = Act(1);
  again.assertion_id = "another";
  EXPECT_EQ(this->pins().Note(again).value(), PinActOutcome::kRequestIdTaken);
}

TYPED_TEST(PinCredentialsContract, AssertionIsSpentByAnActThatWasDone) {
  ASSERT_EQ(this->Enrol(1), PinActOutcome::kDone);
  PinAct again = Act(1);
  again.request_id = "another";
  EXPECT_EQ(this->pins().Note(again).value(), PinActOutcome::kAssertionSpent);
  EXPECT_FALSE(this->pins().RequestIdTaken("rp-one", "another").value());
}

TYPED_TEST(PinCredentialsContract, SpentAssertionTakesNoTry) {
  this->EnrolAndActivate();
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3, /*assertion=*/1).outcome,
            TryOutcome::kAssertionSpent);
  EXPECT_EQ(this->Found().pin_tries_left, 3);
}

TYPED_TEST(PinCredentialsContract, ThreeTriesLockAcrossARestart) {
  this->EnrolAndActivate();
  for (int left = 2; left >= 0; --left) {
    const TakenTry taken = this->Take(SecretUse::kActivePin, 3);
    ASSERT_EQ(taken.outcome, TryOutcome::kTaken);
    EXPECT_EQ(taken.credential->pin_tries_left, left);
    EXPECT_EQ(taken.credential->pin.mac, Verifier(3).mac);
    this->Reopen();
  }
  EXPECT_EQ(this->Found().state, PinState::kLocked);
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3).outcome, TryOutcome::kLocked);
  EXPECT_EQ(this->Reject(), PinState::kLocked);
}

TYPED_TEST(PinCredentialsContract, RightPinAtTheLastTryGivesAllTriesBack) {
  this->EnrolAndActivate();
  for (int n = 0; n < 3; ++n) this->Take(SecretUse::kActivePin, 3);
  EXPECT_TRUE(this->pins().Accept("credential-one", /*revision=*/1, std::nullopt).value());
  EXPECT_EQ(this->Found().state, PinState::kActive);
  EXPECT_EQ(this->Found().pin_tries_left, 3);
}

TYPED_TEST(PinCredentialsContract, PinThatWasReplacedMeanwhileIsNotAccepted) {
  this->EnrolAndActivate();
  this->Take(SecretUse::kActivePin, 3);
  EXPECT_FALSE(this->pins().Accept("credential-one", /*revision=*/0, std::nullopt).value());
  EXPECT_EQ(this->Found().pin_tries_left, 2);
}

TYPED_TEST(PinCredentialsContract, RederivedVerifierTakesThePlaceOfTheOld) {
  this->EnrolAndActivate();
  this->Take(SecretUse::kActivePin, 3);
  EXPECT_TRUE(this->pins().Accept("credential-one", /*revision=*/1, Verifier(9)).value());
  EXPECT_EQ(this->Found().pin.mac, Verifier(9).mac);
  EXPECT_EQ(this->Found().revision, 1);
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3).outcome, TryOutcome::kChanged);
  EXPECT_EQ(this->Found().pin_tries_left, 3);
}

TYPED_TEST(PinCredentialsContract, PinIsNotTriedInTheOtherState) {
  ASSERT_EQ(this->Enrol(1), PinActOutcome::kDone);
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 1).outcome, TryOutcome::kNothingToTry);
  ASSERT_EQ(this->Replace(2, 0, Verifier(3)), PinActOutcome::kDone);
  EXPECT_EQ(this->Take(SecretUse::kTransportPin, 3).outcome, TryOutcome::kNothingToTry);
  EXPECT_EQ(this->Found().pin_tries_left, 3);
}

TYPED_TEST(PinCredentialsContract, StrangerHasNothingToTry) {
  this->EnrolAndActivate();
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3, 100, kOtherPerson).outcome,
            TryOutcome::kNothingToTry);
  EXPECT_THAT(this->pins().Reject("", Wrong()), IsOk());
}

TYPED_TEST(PinCredentialsContract, ReplacedPinIsActiveWithAnotherRevision) {
  this->EnrolAndActivate();
  const PinCredential found = this->Found();
  EXPECT_EQ(found.state, PinState::kActive);
  EXPECT_EQ(found.revision, 1);
  EXPECT_EQ(found.pin.mac, Verifier(3).mac);
  EXPECT_EQ(this->Replace(3, /*revision=*/0, Verifier(4)), PinActOutcome::kNotInState);
  EXPECT_EQ(this->Found().pin.mac, Verifier(3).mac);
}

TYPED_TEST(PinCredentialsContract, RightPukUnlocksAndGivesAllTriesBack) {
  this->EnrolAndActivate();
  for (int n = 0; n < 3; ++n) this->Take(SecretUse::kActivePin, 3);
  for (int n = 0; n < 3; ++n) {
    ASSERT_EQ(this->Take(SecretUse::kPuk, 2).outcome, TryOutcome::kTaken);
  }
  ASSERT_EQ(this->Replace(3, 1, Verifier(4), /*by_puk=*/true), PinActOutcome::kDone);
  EXPECT_EQ(this->Found().state, PinState::kActive);
  EXPECT_EQ(this->Found().pin_tries_left, 3);
  EXPECT_EQ(this->Found().puk_tries_left, 3);
}

TYPED_TEST(PinCredentialsContract, RightPinDoesNotGivePukTriesBack) {
  this->EnrolAndActivate();
  this->Take(SecretUse::kPuk, 2);
  this->Take(SecretUse::kActivePin, 3);
  ASSERT_TRUE(this->pins().Accept("credential-one", 1, std::nullopt).value());
  ASSERT_EQ(this->Replace(3, 1, Verifier(4)), PinActOutcome::kDone);
  EXPECT_EQ(this->Found().puk_tries_left, 2);
}

TYPED_TEST(PinCredentialsContract, ThirdWrongPukDestroysForGood) {
  this->EnrolAndActivate();
  for (int n = 0; n < 3; ++n) {
    ASSERT_EQ(this->Take(SecretUse::kPuk, 2).outcome, TryOutcome::kTaken);
    EXPECT_EQ(this->Reject(), n < 2 ? PinState::kActive : PinState::kDestroyed);
  }
  EXPECT_TRUE(this->Found().pin.mac.empty());
  EXPECT_TRUE(this->Found().puk.mac.empty());
  EXPECT_EQ(this->Take(SecretUse::kPuk, 2).outcome, TryOutcome::kNothingToTry);
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3).outcome, TryOutcome::kNothingToTry);
  EXPECT_EQ(this->Replace(3, 1, Verifier(4), /*by_puk=*/true), PinActOutcome::kNotInState);
  EXPECT_FALSE(this->pins().Accept("credential-one", 1, std::nullopt).value());
}

TYPED_TEST(PinCredentialsContract, PukTryWithoutAnAnswerCountsAsAWrongOne) {
  this->EnrolAndActivate();
  for (int n = 0; n < 3; ++n) this->Take(SecretUse::kPuk, 2);
  this->Reopen();
  EXPECT_EQ(this->Found().state, PinState::kDestroyed);
  EXPECT_EQ(this->Take(SecretUse::kPuk, 2).outcome, TryOutcome::kNothingToTry);
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3).outcome, TryOutcome::kNothingToTry);
}

TYPED_TEST(PinCredentialsContract, NewEnrolmentKeepsAnOldPukFromBringingTheOldOneBack) {
  this->EnrolAndActivate();
  for (int n = 0; n < 3; ++n) this->Take(SecretUse::kPuk, 2);
  ASSERT_EQ(this->Enrol(3, Fresh("credential-two")), PinActOutcome::kDone);
  EXPECT_EQ(this->Replace(4, 1, Verifier(4), /*by_puk=*/true), PinActOutcome::kNotInState);
  EXPECT_EQ(this->Found().credential_id, "credential-two");
  EXPECT_EQ(this->Found().state, PinState::kTransport);
}

TYPED_TEST(PinCredentialsContract, RevokedCredentialIsOverAndAnotherMayFollow) {
  this->EnrolAndActivate();
  ASSERT_EQ(this->pins().Revoke(Act(3), kPerson).value(), PinActOutcome::kDone);
  EXPECT_EQ(this->Found().state, PinState::kRevoked);
  EXPECT_TRUE(this->Found().pin.mac.empty());
  EXPECT_EQ(this->Take(SecretUse::kActivePin, 3).outcome, TryOutcome::kNothingToTry);
  EXPECT_EQ(this->pins().Revoke(Act(4), kPerson).value(), PinActOutcome::kNotInState);
  EXPECT_EQ(this->Enrol(5, Fresh("credential-two")), PinActOutcome::kDone);
}

TYPED_TEST(PinCredentialsContract, ParallelTriesAreNeverMoreThanThree) {
  this->EnrolAndActivate();
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 20; ++n) {
    threads.emplace_back([&] {
      for (int m = 0; m < 5; ++m) {
        if (this->Take(SecretUse::kActivePin, 3).outcome == TryOutcome::kTaken) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 3);
}

}  // namespace
}  // namespace enkrat::store

// Signing PINs over fakes: a person whose assertions are what the test says, a MAC key in memory,
// credentials in memory, and Argon2id as cheap as it goes.
#ifndef ENKRAT_TESTS_UNIT_SIGNER_PIN_FIXTURE_H_
#define ENKRAT_TESTS_UNIT_SIGNER_PIN_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <string>

#include "idp_client/identity_verifier.h"
#include "signer/counted_signing_pins.h"
#include "signer/signing_pin_activation.h"
#include "signer/signing_pin_tries.h"
#include "signer/signing_pin_verifiers.h"
#include "tests/support/fake_clock.h"
#include "tests/support/in_memory_ledger.h"
#include "tests/support/in_memory_pin_credentials.h"
#include "tests/support/status_matchers.h"

namespace enkrat::signer {

inline constexpr char kPin[] = "739251";
inline constexpr char kNewPin[] = "58d2k7";

// Answers what it is told to; remembers what it was asked.
class ToldIdentities final : public idp_client::IdentityVerifier {
 public:
  absl::StatusOr<idp_client::VerifiedIdentity> Verify(
      const idp_client::AssertionCheck& check) override {
    last = check;
    ++asked;
    if (!refusal.ok()) return refusal;
    idp_client::VerifiedIdentity answer = identity;
    answer.assertion_id = ToString(check.assertion);
    return answer;
  }

  idp_client::VerifiedIdentity identity;
  absl::Status refusal;
  idp_client::AssertionCheck last;
  int asked = 0;
};

class PinFixture : public ::testing::Test {
 protected:
  PinFixture();

  // A request with an assertion and a request_id of its own.
  ActivationRequest Request();
  // Of the same person, through which a PIN is checked for signing.
  absl::StatusOr<PinReceipt> Sign(const std::string& pin, const std::string& assertion = "");

  SigningPinEnrolment Enrol();
  // Enrolled, and activated with kPin.
  SigningPinEnrolment EnrolAndActivate();
  absl::StatusOr<SigningPinStatus> Change(const std::string& from, const std::string& to);
  absl::StatusOr<SigningPinStatus> Unblock(const std::string& puk, const std::string& to);
  store::PinCredential Credential();
  void Lock();
  // All that is kept and logged.
  std::string Traces() const;

  testing::FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  testing::InMemoryLedger ledger_;
  testing::InMemoryPinCredentials credentials_;
  ToldIdentities identities_;
  RelyingParty relying_party_;
  absl::Status mac_failure_;
  std::atomic<int> macs_ = 0;
  const PinMac mac_;
  std::unique_ptr<SigningPinVerifiers> verifiers_;
  std::unique_ptr<SigningPinTries> tries_;
  std::unique_ptr<CountedSigningPins> pins_;
  std::unique_ptr<SigningPinActivation> activation_;
  const SignatureActivationData sad_ = {1, 2, 3};
  int next_ = 0;

  // Another cost from now on, as after a change of the configuration.
  void UseCost(const PinHashCost& cost);
};

}  // namespace enkrat::signer

#endif  // ENKRAT_TESTS_UNIT_SIGNER_PIN_FIXTURE_H_

#include "tests/unit/signer/pin_fixture.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/strings/str_format.h"

namespace enkrat::signer {

PinFixture::PinFixture()
    : mac_([this](ByteSpan message, absl::Time) -> absl::StatusOr<Bytes> {
        ++macs_;
        if (!mac_failure_.ok()) return mac_failure_;
        Bytes mac(32);
        HMAC(EVP_sha256(), "key", 3, message.data(), message.size(), mac.data(), nullptr);
        return mac;
      }) {
  identities_.identity.issuer = "https://idp.example";
  identities_.identity.subject = "person-one";
  identities_.identity.assertion_expires_at = clock_.Now() + absl::Minutes(10);
  identities_.identity.authenticated_at = clock_.Now();
  identities_.identity.level_of_assurance = idp_client::LevelOfAssurance::kHigh;
  identities_.identity.bound = true;
  relying_party_.id = "rp-one";
  relying_party_.policies[{}] = {};
  UseCost({.memory_kib = 8, .passes = 1});
}

void PinFixture::UseCost(const PinHashCost& cost) {
  verifiers_ = std::make_unique<SigningPinVerifiers>(mac_, cost);
  tries_ = std::make_unique<SigningPinTries>(SigningPinTries::Options{.credentials = &credentials_,
                                                                      .verifiers = verifiers_.get(),
                                                                      .clock = &clock_,
                                                                      .logger = &logger_});
  pins_ = std::make_unique<CountedSigningPins>(*tries_, *verifiers_, credentials_);
  activation_ = std::make_unique<SigningPinActivation>(
      SigningPinActivation::Parts{.identities = &identities_,
                                  .credentials = &credentials_,
                                  .ledger = &ledger_,
                                  .verifiers = verifiers_.get(),
                                  .tries = tries_.get(),
                                  .clock = &clock_,
                                  .logger = &logger_});
}

ActivationRequest PinFixture::Request() {
  ++next_;
  return {.relying_party = &relying_party_,
          .request_id = absl::StrFormat("00000000-0000-4000-8000-%012d", next_),
          .assertion = ToBytes(absl::StrFormat("assertion-%d", next_))};
}

absl::StatusOr<PinReceipt> PinFixture::Sign(const std::string& pin, const std::string& assertion) {
  idp_client::VerifiedIdentity identity = identities_.identity;
  identity.assertion_id = assertion.empty() ? absl::StrFormat("sign-%d", ++next_) : assertion;
  const PinProof proof = {.pin = Secret(absl::string_view(pin)),
                          .signature_activation_data = ToBytes(ByteSpan(sad_))};
  return pins_->VerifyForSigning({.relying_party = relying_party_.id,
                                  .identity = identity,
                                  .proof = proof,
                                  .session_sad = sad_});
}

SigningPinEnrolment PinFixture::Enrol() {
  auto enrolment = activation_->Enrol(Request());
  EXPECT_THAT(enrolment, testing::IsOk());
  return *std::move(enrolment);
}

SigningPinEnrolment PinFixture::EnrolAndActivate() {
  SigningPinEnrolment enrolment = Enrol();
  EXPECT_THAT(
      activation_->Activate(Request(), enrolment.transport_pin, Secret(absl::string_view(kPin))),
      testing::IsOk());
  return enrolment;
}

absl::StatusOr<SigningPinStatus> PinFixture::Change(const std::string& from,
                                                    const std::string& to) {
  return activation_->Change(Request(), Secret(absl::string_view(from)),
                             Secret(absl::string_view(to)));
}

absl::StatusOr<SigningPinStatus> PinFixture::Unblock(const std::string& puk,
                                                     const std::string& to) {
  return activation_->Unblock(Request(), Secret(absl::string_view(puk)),
                              Secret(absl::string_view(to)));
}

store::PinCredential PinFixture::Credential() {
  const auto person =
      verifiers_->PersonHash(identities_.identity, relying_party_.id, absl::InfiniteFuture());
  return credentials_.Find(*person).value().value();
}

void PinFixture::Lock() {
  for (int n = 0; n < 3; ++n) EXPECT_FALSE(Sign("951437").ok());
  EXPECT_EQ(Credential().state, store::PinState::kLocked);
}

std::string PinFixture::Traces() const {
  std::string traces = log_.str();
  for (const store::EvidenceRecord& event : credentials_.Events()) {
    traces += event.step + event.facts_json;
  }
  for (const store::EvidenceRecord& event : ledger_.Events()) {
    traces += event.step + event.facts_json;
  }
  return traces;
}

}  // namespace enkrat::signer

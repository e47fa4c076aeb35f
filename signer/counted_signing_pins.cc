#include "signer/counted_signing_pins.h"

#include <optional>
#include <string>
#include <utility>

#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/signing_pin_rules.h"

namespace enkrat::signer {
namespace {

constexpr char kSadField[] = "pin_proof.signature_activation_data";

}  // namespace

absl::StatusOr<PinReceipt> CountedSigningPins::VerifyForSigning(const PinCheck& check) {
  // First of all: a PIN that was typed for other documents is not even looked at.
  if (!ConstantTimeEqual(check.proof.signature_activation_data, check.session_sad)) {
    return WithField(MakeError(Reason::kRequestMalformed, "the PIN was typed for another act"),
                     kSadField);
  }
  ENKRAT_ASSIGN_OR_RETURN(const Secret pin,
                          NormalisePin(check.proof.pin.Reveal(), "pin_proof.pin"));
  ENKRAT_ASSIGN_OR_RETURN(RightSecret right,
                          tries_.Try({.relying_party = std::string(check.relying_party),
                                      .act = "SIGN",
                                      .identity = check.identity,
                                      .use = store::SecretUse::kActivePin,
                                      .secret = pin,
                                      .deadline = check.deadline}));
  const std::string& id = right.credential.credential_id;
  std::optional<store::SecretVerifier> rederived;
  if (!verifiers_.IsCurrent(right.credential.pin)) {
    // Not worth failing for: the next right PIN is another occasion.
    auto made = verifiers_.Make(id, SecretKind::kPin, pin, check.deadline);
    if (made.ok()) rederived = *std::move(made);
  }
  ENKRAT_ASSIGN_OR_RETURN(const bool accepted,
                          credentials_.Accept(id, right.credential.revision, rederived));
  if (!accepted) {
    return MakeError(Reason::kSigningPinRejected, "the PIN was replaced while it was checked");
  }
  ENKRAT_ASSIGN_OR_RETURN(
      Bytes mac, verifiers_.ReceiptMac(right.credential_hash, check.session_sad, check.deadline));
  return PinReceipt{.credential_hash = std::move(right.credential_hash), .mac = std::move(mac)};
}

}  // namespace enkrat::signer

// Signing PINs behind their try counters, for the signing workflow.
#ifndef ENKRAT_SIGNER_COUNTED_SIGNING_PINS_H_
#define ENKRAT_SIGNER_COUNTED_SIGNING_PINS_H_

#include "absl/status/statusor.h"
#include "signer/signing_pin.h"
#include "signer/signing_pin_tries.h"
#include "signer/signing_pin_verifiers.h"
#include "store/pin_credentials.h"

namespace enkrat::signer {

// Thread-safe. Nothing is owned; all outlive it.
class CountedSigningPins final : public SigningPins {
 public:
  CountedSigningPins(SigningPinTries& tries, const SigningPinVerifiers& verifiers,
                     store::PinCredentials& credentials)
      : tries_(tries), verifiers_(verifiers), credentials_(credentials) {}

  absl::StatusOr<PinReceipt> VerifyForSigning(const PinCheck& check) override;

 private:
  SigningPinTries& tries_;
  const SigningPinVerifiers& verifiers_;
  store::PinCredentials& credentials_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_COUNTED_SIGNING_PINS_H_

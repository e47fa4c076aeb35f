// A person's signing PIN, as the signing workflow needs it: checked for one act of signing.
#ifndef ENKRAT_SIGNER_SIGNING_PIN_H_
#define ENKRAT_SIGNER_SIGNING_PIN_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/secret.h"
#include "idp_client/verified_identity.h"
#include "signer/signature_activation_data.h"

namespace enkrat::signer {

// What a relying party hands over of a person's PIN entry (enkrat.v1.PinProof). Never part of a
// request digest, evidence or log: a digest over six digits tells the digits.
struct PinProof {
  Secret pin;                       // UTF-8 as received
  Bytes signature_activation_data;  // of the act that the person had in view
};

// That the PIN entry authorised the documents of one session. For the evidence; nothing in it can
// be guessed back without the HSM.
struct PinReceipt {
  Bytes credential_hash;  // 32 octets: keyed hash of the credential, the same in all its evidence
  // 32 octets: HMAC-SHA-256 in the HSM over "enkrat/pin-receipt/v1" 0x00 item(credential hash)
  // item(SAD) item("verified").
  Bytes mac;
};

// One check. Everything referred to outlives the call.
struct PinCheck {
  absl::string_view relying_party;               // its id
  const idp_client::VerifiedIdentity& identity;  // of an assertion that is not spent yet
  const PinProof& proof;
  const SignatureActivationData& session_sad;  // as the service computed it
  absl::Time deadline = absl::InfiniteFuture();
};

// Thread-safe.
class SigningPins {
 public:
  virtual ~SigningPins() = default;

  // Called between verifying the assertion and spending it: a typo does not cost the assertion, an
  // assertion that was spent before costs no try. Blocks on the disk (the try is taken durably
  // before the comparison) and on the HSM. Errors:
  //   kRequestMalformed, field pin_proof.signature_activation_data: the PIN was typed for another
  //     act; no try is taken. Field pin_proof.pin: empty, or longer than any PIN.
  //   kSigningPinRejected: wrong; or the person has no PIN that may sign here (none, not yet
  //     activated, destroyed, revoked). The two take the same time and look the same.
  //   kSigningPinLocked: no try is left, also right after the one that failed.
  //   kAssertionRejected: the assertion was spent before.
  //   kOverloaded, kDeadlineTooShort, kHsmUnavailable, kStoreUnavailable: nothing is known of the
  //     PIN. A try may have been taken only with kStoreUnavailable.
  virtual absl::StatusOr<PinReceipt> VerifyForSigning(const PinCheck& check) = 0;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_H_

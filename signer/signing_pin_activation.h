// The life of a person's signing PIN, from enrolment to revocation.
#ifndef ENKRAT_SIGNER_SIGNING_PIN_ACTIVATION_H_
#define ENKRAT_SIGNER_SIGNING_PIN_ACTIVATION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/reason.h"
#include "common/secret.h"
#include "idp_client/identity_verifier.h"
#include "signer/activation_binding.h"
#include "signer/rejection_evidence.h"
#include "signer/relying_party.h"
#include "signer/signing_pin_tries.h"
#include "signer/signing_pin_verifiers.h"
#include "store/ledger.h"
#include "store/pin_credentials.h"

namespace enkrat::signer {

// Who acts, for whom, and until when.
struct ActivationRequest {
  const RelyingParty* relying_party = nullptr;
  std::string request_id;  // UUID, lower case
  idp_client::AssertionType assertion_type = idp_client::AssertionType::kOidcIdToken;
  Bytes assertion;  // never logged
  absl::Time deadline = absl::InfiniteFuture();
};

struct SigningPinStatus {
  std::optional<store::PinState> state;  // nullopt: the person has none, and had none
  int pin_tries_left = 0;
  int puk_tries_left = 0;
  absl::Time enrolled_at;
  absl::Time changed_at;
};

// For the person alone: nobody keeps the two.
struct SigningPinEnrolment {
  Secret transport_pin;
  Secret puk;
  SigningPinStatus status;
};

// Thread-safe; blocks on the IdP's keys, the HSM and the disk. What is pointed to is owned by the
// caller and outlives it. Errors of all functions:
//   kRequestMalformed, kLimitExceeded: with the field, such as "person.request_id".
//   kRequestIdReused: a call with this request_id succeeded.
//   kAssertionRejected, kLevelOfAssuranceTooLow, kIdpKeysUnavailable: IdentityVerifier's; the
//     assertion must be bound to the call (activation_binding.h) and at most 180 s old.
//   kRelyingPartyDisabled, kOverloaded, kDeadlineTooShort, kHsmUnavailable, kStoreUnavailable.
// An error means that no credential was changed but for the try that was taken, unless it is
// kStoreUnavailable.
class SigningPinActivation {
 public:
  struct Parts {
    idp_client::IdentityVerifier* identities = nullptr;
    store::PinCredentials* credentials = nullptr;
    store::Ledger* ledger = nullptr;  // for the evidence of rejected assertions
    const SigningPinVerifiers* verifiers = nullptr;
    SigningPinTries* tries = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;  // optional
  };

  explicit SigningPinActivation(Parts parts)
      : parts_(parts), rejections_(*parts.ledger, *parts.clock, parts.logger) {}

  // Level of assurance high. kSigningPinExists.
  absl::StatusOr<SigningPinEnrolment> Enrol(const ActivationRequest& request);

  // The others: level of assurance substantial. Those with a secret: kSigningPinUnsuitable for the
  // new PIN, before a try is taken; kSigningPinRejected and kSigningPinLocked as
  // SigningPins::VerifyForSigning, kSigningPinDestroyed as SigningPinTries::Try.
  absl::StatusOr<SigningPinStatus> Activate(const ActivationRequest& request,
                                            const Secret& transport_pin, const Secret& new_pin);
  absl::StatusOr<SigningPinStatus> Change(const ActivationRequest& request, const Secret& old_pin,
                                          const Secret& new_pin);
  absl::StatusOr<SigningPinStatus> Unblock(const ActivationRequest& request, const Secret& puk,
                                           const Secret& new_pin);
  absl::StatusOr<SigningPinStatus> GetStatus(const ActivationRequest& request);
  // kNotFound if there is nothing to revoke.
  absl::StatusOr<SigningPinStatus> Revoke(const ActivationRequest& request);

 private:
  struct Replacing;  // of a PIN, by what secret

  absl::StatusOr<idp_client::VerifiedIdentity> Verify(const ActivationRequest& request,
                                                      ActivationOperation operation);
  absl::StatusOr<SigningPinStatus> Replace(const ActivationRequest& request,
                                           const Replacing& replacing);
  absl::StatusOr<RightSecret> Try(const ActivationRequest& request, const Replacing& replacing,
                                  const idp_client::VerifiedIdentity& identity);
  absl::StatusOr<store::PinReplacement> MakeReplacement(const Replacing& replacing,
                                                        const Secret& new_pin,
                                                        const store::PinCredential& credential,
                                                        absl::Time deadline) const;
  store::PinAct ActOf(const ActivationRequest& request, ActivationOperation operation,
                      const idp_client::VerifiedIdentity& identity, ByteSpan credential_hash) const;
  // OK for kDone; `not_in_state` for kNotInState.
  absl::Status Check(const ActivationRequest& request, store::PinActOutcome outcome,
                     Reason not_in_state);
  void RecordRejection(const ActivationRequest& request, const absl::Status& why);

  const Parts parts_;
  RejectionEvidence rejections_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_ACTIVATION_H_

// What a PIN or PUK is compared by: an HMAC in the HSM over a memory-hard hash of it. Whoever has
// the ledger without the HSM cannot even begin to guess; whoever has both guesses slowly.
//
//   verifier = HMAC-SHA-256( pin-mac, "enkrat/pin-verifier/v1" || 0x00 || item(credential id)
//              item("PIN" or "PUK") item(salt) item(memory) item(passes)
//              item(Argon2id(secret, salt, memory, passes)) )
//   item(x) = length of x in octets as 4 octets, big-endian || x; numbers as decimal text
#ifndef ENKRAT_SIGNER_SIGNING_PIN_VERIFIERS_H_
#define ENKRAT_SIGNER_SIGNING_PIN_VERIFIERS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/secret.h"
#include "hsm/mac_key.h"
#include "hsm/session_pool.h"
#include "idp_client/verified_identity.h"
#include "signer/signature_activation_data.h"
#include "signer/signing_pin_hash.h"
#include "store/pin_records.h"

namespace enkrat::signer {

// HMAC-SHA-256 with the service's key for PINs: 32 octets, by `deadline`.
using PinMac = std::function<absl::StatusOr<Bytes>(ByteSpan message, absl::Time deadline)>;

// In the HSM. Neither is owned; both outlive it.
PinMac HsmPinMac(hsm::SessionPool& pool, const hsm::MacKey& key);

enum class SecretKind { kPin, kPuk };

// Thread-safe. Errors of all functions: HashPin's, PinMac's.
class SigningPinVerifiers {
 public:
  SigningPinVerifiers(PinMac mac, PinHashCost cost) : mac_(std::move(mac)), cost_(cost) {}

  // The keyed hash that a person is known by here: over PersonOctets (certificate_subject.h), so
  // one person is another at every relying party.
  absl::StatusOr<Bytes> PersonHash(const idp_client::VerifiedIdentity& identity,
                                   absl::string_view relying_party, absl::Time deadline) const;

  // A verifier with a new salt and the cost of now.
  absl::StatusOr<store::SecretVerifier> Make(absl::string_view credential_id, SecretKind kind,
                                             const Secret& secret, absl::Time deadline) const;

  // What `stored` holds if the secret is right: to be compared in constant time.
  absl::StatusOr<Bytes> Candidate(absl::string_view credential_id, SecretKind kind,
                                  const Secret& secret, const store::SecretVerifier& stored,
                                  absl::Time deadline) const;

  // One that no secret fits, at the cost of now.
  store::SecretVerifier Decoy() const;

  bool IsCurrent(const store::SecretVerifier& stored) const;

  // PinReceipt::mac.
  absl::StatusOr<Bytes> ReceiptMac(ByteSpan credential_hash, const SignatureActivationData& sad,
                                   absl::Time deadline) const;

  // Keyed hash of a credential's id: what evidence and logs know it by.
  absl::StatusOr<Bytes> CredentialHash(absl::string_view credential_id, absl::Time deadline) const;

 private:
  const PinMac mac_;
  const PinHashCost cost_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_VERIFIERS_H_

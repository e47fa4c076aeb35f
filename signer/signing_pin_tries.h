// One try of a PIN or PUK: taken durably, then compared. The only place where secrets are compared.
#ifndef ENKRAT_SIGNER_SIGNING_PIN_TRIES_H_
#define ENKRAT_SIGNER_SIGNING_PIN_TRIES_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/secret.h"
#include "idp_client/verified_identity.h"
#include "signer/hsm_turns.h"
#include "signer/signing_pin_verifiers.h"
#include "store/pin_credentials.h"

namespace enkrat::signer {

struct SecretTry {
  std::string relying_party;
  std::string act;  // for the evidence: "SIGN", or an ActivationOperationName
  const idp_client::VerifiedIdentity& identity;
  store::SecretUse use = store::SecretUse::kActivePin;
  const Secret& secret;  // normalised (signing_pin_rules.h)
  absl::Time deadline = absl::InfiniteFuture();
};

struct RightSecret {
  store::PinCredential credential;  // as the try was taken
  Bytes credential_hash;
  // Held until what follows from the right secret is on disk: it may need another memory-hard hash.
  // Does not outlive the SigningPinTries.
  HsmTurns::Turn turn;
};

// Thread-safe. What is pointed to is owned by the caller and outlives it.
class SigningPinTries {
 public:
  struct Options {
    store::PinCredentials* credentials = nullptr;
    const SigningPinVerifiers* verifiers = nullptr;
    const Clock* clock = nullptr;
    Logger* logger = nullptr;  // optional
    size_t max_at_once = 2;    // memory-hard hashes
    size_t max_waiting = 32;   // for one of them
    absl::Duration longest_wait = absl::Seconds(5);
  };

  explicit SigningPinTries(Options options)
      : options_(options),
        turns_({.turns = options.max_at_once, .heavy_turns = options.max_at_once}) {}

  // Leave to make memory-hard hashes, fair to relying parties. kOverloaded if too many wait, or for
  // too long; kDeadlineTooShort.
  absl::StatusOr<HsmTurns::Turn> TakeTurn(const std::string& relying_party, absl::Time deadline);

  // The candidate is made first (whatever fails there costs no try), then the try is taken durably,
  // then the two are compared in constant time. After a right secret the caller gives the tries
  // back (PinCredentials::Accept or Replace). Errors: as SigningPins::VerifyForSigning, and
  // kSigningPinDestroyed for the PUK that used up the last try.
  absl::StatusOr<RightSecret> Try(const SecretTry& attempt);

 private:
  // What is compared with what.
  struct Candidate {
    store::SecretVerifier stored;  // or a decoy
    std::string credential_id;     // empty: a decoy
    Bytes mac;
    Bytes credential_hash;
  };
  absl::StatusOr<Candidate> MakeCandidate(const SecretTry& attempt, ByteSpan person);
  absl::StatusOr<RightSecret> Compare(const SecretTry& attempt, Candidate candidate,
                                      store::PinCredential credential, HsmTurns::Turn turn);
  // As much as for a wrong one.
  absl::Status RejectStranger(const SecretTry& attempt, const Candidate& candidate);
  absl::Status RejectWrong(const SecretTry& attempt, const Candidate& candidate,
                           const store::PinCredential& credential);
  void Warn(absl::string_view message, const SecretTry& attempt, ByteSpan credential_hash) const;

  const Options options_;
  HsmTurns turns_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_SIGNING_PIN_TRIES_H_

#include "signer/signing_pin_tries.h"

#include <algorithm>

#include "common/reason.h"
#include "common/status_macros.h"
#include "signer/signing_pin_evidence.h"

namespace enkrat::signer {
namespace {

using store::PinCredential;
using store::PinState;
using store::SecretUse;
using store::TryOutcome;

// Only a change of the PIN, or of its parameters, between two steps of one try makes it begin
// again.
constexpr int kMostBeginnings = 3;
constexpr absl::Duration kRetryDelay = absl::Seconds(1);
constexpr char kDecoyId[] = "00000000000000000000000000000000";

bool IsPuk(SecretUse use) { return use == SecretUse::kPuk; }

// Whether there is something to compare with; TakeTry decides anew.
bool CanBeTried(const std::optional<PinCredential>& credential, SecretUse use) {
  if (!credential.has_value()) return false;
  switch (use) {
    case SecretUse::kPuk:
      return credential->state < PinState::kDestroyed;
    case SecretUse::kActivePin:
      return credential->state == PinState::kActive;
    case SecretUse::kTransportPin:
      return credential->state == PinState::kTransport;
  }
  return false;
}

absl::Status Rejected() {
  return MakeError(Reason::kSigningPinRejected, "the PIN or PUK was not accepted");
}

}  // namespace

absl::StatusOr<HsmTurns::Turn> SigningPinTries::TakeTurn(const std::string& relying_party,
                                                         absl::Time deadline) {
  const auto overloaded = [](absl::string_view why) {
    return WithRetryDelay(MakeError(Reason::kOverloaded, why), kRetryDelay);
  };
  if (turns_.waiting() >= options_.max_waiting)
    return overloaded("too many PINs wait to be hashed");
  const absl::Time until = options_.clock->Now() + options_.longest_wait;
  absl::StatusOr<HsmTurns::Turn> turn =
      turns_.Take(relying_party, /*heavy=*/false, std::min(deadline, until));
  if (turn.ok() || deadline <= until) return turn;
  return overloaded("a PIN waited too long to be hashed");
}

absl::StatusOr<RightSecret> SigningPinTries::Try(const SecretTry& attempt) {
  ENKRAT_ASSIGN_OR_RETURN(HsmTurns::Turn turn, TakeTurn(attempt.relying_party, attempt.deadline));
  ENKRAT_ASSIGN_OR_RETURN(
      const Bytes person,
      options_.verifiers->PersonHash(attempt.identity, attempt.relying_party, attempt.deadline));
  for (int beginning = 0; beginning < kMostBeginnings; ++beginning) {
    ENKRAT_ASSIGN_OR_RETURN(Candidate candidate, MakeCandidate(attempt, person));
    if (options_.clock->Now() >= attempt.deadline) {
      return WithField(MakeError(Reason::kDeadlineTooShort, "time was up before taking a try"),
                       "checking the PIN");
    }
    ENKRAT_ASSIGN_OR_RETURN(store::TakenTry taken,
                            options_.credentials->TakeTry({
                                .person = person,
                                .use = attempt.use,
                                .salt = candidate.stored.salt,
                                .issuer = attempt.identity.issuer,
                                .assertion_id = attempt.identity.assertion_id,
                            }));
    switch (taken.outcome) {
      case TryOutcome::kTaken:
        return Compare(attempt, std::move(candidate), *std::move(taken.credential),
                       std::move(turn));
      case TryOutcome::kNothingToTry:
        return RejectStranger(attempt, candidate);
      case TryOutcome::kLocked:
        return MakeError(Reason::kSigningPinLocked, "no try of the PIN is left");
      case TryOutcome::kAssertionSpent:
        return MakeError(Reason::kAssertionRejected, "the assertion was spent before");
      case TryOutcome::kChanged:
        break;
    }
  }
  return WithRetryDelay(MakeError(Reason::kOverloaded, "the PIN changes all the time"),
                        kRetryDelay);
}

absl::StatusOr<SigningPinTries::Candidate> SigningPinTries::MakeCandidate(const SecretTry& attempt,
                                                                          ByteSpan person) {
  ENKRAT_ASSIGN_OR_RETURN(const std::optional<PinCredential> credential,
                          options_.credentials->Find(person));
  Candidate candidate;
  // Nothing will be compared, and its person may know: no need for the same time.
  const bool locked = credential.has_value() && credential->state == PinState::kLocked;
  if (locked && !IsPuk(attempt.use)) return candidate;
  if (CanBeTried(credential, attempt.use)) {
    candidate.stored = IsPuk(attempt.use) ? credential->puk : credential->pin;
    candidate.credential_id = credential->credential_id;
  } else {
    candidate.stored = options_.verifiers->Decoy();
  }
  const std::string id = candidate.credential_id.empty() ? kDecoyId : candidate.credential_id;
  ENKRAT_ASSIGN_OR_RETURN(
      candidate.mac,
      options_.verifiers->Candidate(id, IsPuk(attempt.use) ? SecretKind::kPuk : SecretKind::kPin,
                                    attempt.secret, candidate.stored, attempt.deadline));
  ENKRAT_ASSIGN_OR_RETURN(candidate.credential_hash,
                          options_.verifiers->CredentialHash(id, attempt.deadline));
  return candidate;
}

absl::StatusOr<RightSecret> SigningPinTries::Compare(const SecretTry& attempt, Candidate candidate,
                                                     PinCredential credential,
                                                     HsmTurns::Turn turn) {
  const Bytes& stored = IsPuk(attempt.use) ? credential.puk.mac : credential.pin.mac;
  const bool same = candidate.credential_id == credential.credential_id;
  if (!same || !ConstantTimeEqual(candidate.mac, stored)) {
    return RejectWrong(attempt, candidate, credential);
  }
  return RightSecret{.credential = std::move(credential),
                     .credential_hash = std::move(candidate.credential_hash),
                     .turn = std::move(turn)};
}

absl::Status SigningPinTries::RejectStranger(const SecretTry& attempt, const Candidate& candidate) {
  static_cast<void>(ConstantTimeEqual(candidate.mac, candidate.stored.mac));
  const WrongSecret wrong = {.relying_party = attempt.relying_party,
                             .act = attempt.act,
                             .credential_hash = candidate.credential_hash,
                             .puk = IsPuk(attempt.use)};
  const auto unused = WrongSecretEvidence(options_.clock->Now(), wrong);
  ENKRAT_RETURN_IF_ERROR(options_.credentials->Reject("", unused).status());
  return Rejected();
}

absl::Status SigningPinTries::RejectWrong(const SecretTry& attempt, const Candidate& candidate,
                                          const PinCredential& credential) {
  const bool puk = IsPuk(attempt.use);
  const int left = puk ? credential.puk_tries_left : credential.pin_tries_left;
  ENKRAT_ASSIGN_OR_RETURN(
      const PinState state,
      options_.credentials->Reject(
          credential.credential_id,
          WrongSecretEvidence(options_.clock->Now(), {.relying_party = attempt.relying_party,
                                                      .act = attempt.act,
                                                      .credential_hash = candidate.credential_hash,
                                                      .puk = puk,
                                                      .tries_left = left})));
  if (puk && state == PinState::kDestroyed) {
    Warn("a signing PIN was destroyed: three wrong PUKs", attempt, candidate.credential_hash);
    return MakeError(Reason::kSigningPinDestroyed, "the last try of the PUK was wrong");
  }
  if (!puk && state == PinState::kLocked) {
    Warn("a signing PIN was locked: three wrong PINs", attempt, candidate.credential_hash);
    return MakeError(Reason::kSigningPinLocked, "the last try of the PIN was wrong");
  }
  return Rejected();
}

void SigningPinTries::Warn(absl::string_view message, const SecretTry& attempt,
                           ByteSpan credential_hash) const {
  if (options_.logger == nullptr) return;
  options_.logger->Warning(message, {{"relying_party", attempt.relying_party},
                                     {"act", attempt.act},
                                     {"credential", ShortHash(credential_hash)}});
}

}  // namespace enkrat::signer

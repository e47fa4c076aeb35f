// What is kept of signing PINs, and what is asked of it: plain values. Keyed hashes only.
#ifndef ENKRAT_STORE_PIN_RECORDS_H_
#define ENKRAT_STORE_PIN_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "store/records.h"

namespace enkrat::store {

inline constexpr int kSecretTries = 3;  // of the PIN, and of the PUK (ISO 7816-4 practice)

// What a PIN or PUK is verified against: of no use without the HSM's key.
struct SecretVerifier {
  Bytes salt;               // 16 octets
  uint32_t memory_kib = 0;  // of Argon2id
  uint32_t passes = 0;
  Bytes mac;  // 32 octets
};

enum class PinState {
  kTransport,  // enrolled; signs once the transport PIN has been changed
  kActive,
  kLocked,     // no PIN try is left; the PUK unblocks
  kDestroyed,  // no PUK try is left; for good
  kRevoked,    // by the person; for good
};

// One credential. Of a person there is at most one that is not destroyed or revoked.
struct PinCredential {
  Bytes person;               // 32 octets: keyed hash of relying party, issuer and subject
  std::string credential_id;  // 32 hex characters, random, new with every enrolment
  std::string relying_party;
  PinState state = PinState::kTransport;
  int pin_tries_left = kSecretTries;
  int puk_tries_left = kSecretTries;
  int64_t revision = 0;  // goes up when the PIN is replaced
  SecretVerifier pin;    // both empty once destroyed or revoked
  SecretVerifier puk;
  absl::Time enrolled_at;
  absl::Time changed_at;
};

// Which secret is tried, in which state.
enum class SecretUse { kTransportPin, kActivePin, kPuk };

struct TryDemand {
  Bytes person;
  SecretUse use = SecretUse::kActivePin;
  Bytes salt;  // of the verifier that the caller has made its candidate for; any if there is none
  // The assertion that names the person: one that was spent takes no try.
  std::string issuer;
  std::string assertion_id;
};

enum class TryOutcome {
  kTaken,           // durable: one try less; now compare
  kNothingToTry,    // no such credential, or not in the state for it; as much was written
  kLocked,          // no PIN try is left
  kChanged,         // another verifier by now; nothing was taken
  kAssertionSpent,  // nothing was taken
};

struct TakenTry {
  TryOutcome outcome = TryOutcome::kNothingToTry;
  std::optional<PinCredential> credential;  // kTaken: with the tries that are left
};

// On whose word something is done. The assertion is spent with it, the request_id is used up.
struct PinAct {
  std::string relying_party;
  std::string request_id;  // UUID, lower case
  std::string issuer;
  std::string assertion_id;
  absl::Time assertion_expires_at;
  absl::Time at;
  EvidenceRecord evidence;  // belongs to no session
};

enum class PinActOutcome {
  kDone,
  kAssertionSpent,  // as all that follow: nothing was changed
  kRequestIdTaken,
  kNotInState,  // Enrol: there is a live credential; else: not, or not as it was
};

struct PinReplacement {
  std::string credential_id;
  int64_t revision = 0;  // as the try was taken
  SecretVerifier pin;
  std::optional<SecretVerifier> puk;  // the same PUK, with newer parameters
  bool by_puk = false;                // the PUK's counter is reset too
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_PIN_RECORDS_H_

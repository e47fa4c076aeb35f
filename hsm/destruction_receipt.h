// Proof, inside the program, that a one-time key existed and is gone. Only hsm::OneTimeKey can make
// one, and only after the token itself denied the key's handles: a reply that needs a receipt
// cannot be built without a destruction.
#ifndef ENKRAT_HSM_DESTRUCTION_RECEIPT_H_
#define ENKRAT_HSM_DESTRUCTION_RECEIPT_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/signing_key.h"
#include "hsm/key_attributes.h"

namespace enkrat::hsm {

// How the key was ended.
enum class DestructionMethod {
  kDestroyObject,  // C_DestroyObject on the private and the public object
  kCloseSession,   // that was not confirmed, so the session that held them was closed as well
};

// Immutable. Holds no secret and nothing personal.
class DestructionReceipt {
 public:
  // CKA_ID of the pair: 16 random octets in hex.
  const std::string& key_id() const { return key_id_; }
  KeyAlgorithm algorithm() const { return algorithm_; }
  // SHA-256 of the DER SubjectPublicKeyInfo.
  const std::array<uint8_t, 32>& spki_sha256() const { return spki_sha256_; }
  absl::Time generated_at() const { return generated_at_; }
  absl::Time destroyed_at() const { return destroyed_at_; }
  DestructionMethod method() const { return method_; }
  // What the token answered when asked for each object afterwards: "CKR_OBJECT_HANDLE_INVALID".
  const std::string& private_object_answer() const { return private_object_answer_; }
  const std::string& public_object_answer() const { return public_object_answer_; }
  // Signatures made with the key in its whole life.
  uint64_t signatures() const { return signatures_; }
  const KeyAttributes& attributes() const { return attributes_; }

 private:
  friend class OneTimeKey;
  explicit DestructionReceipt(KeyAlgorithm algorithm) : algorithm_(algorithm) {}

  std::string key_id_;
  KeyAlgorithm algorithm_;
  std::array<uint8_t, 32> spki_sha256_{};
  absl::Time generated_at_;
  absl::Time destroyed_at_;
  DestructionMethod method_ = DestructionMethod::kDestroyObject;
  std::string private_object_answer_;
  std::string public_object_answer_;
  uint64_t signatures_ = 0;
  KeyAttributes attributes_;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_DESTRUCTION_RECEIPT_H_

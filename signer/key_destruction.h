// What a client and the evidence are told about the end of a one-time key. Made from a
// DestructionReceipt, or read back from a stored result; there is no third way to have one.
#ifndef ENKRAT_SIGNER_KEY_DESTRUCTION_H_
#define ENKRAT_SIGNER_KEY_DESTRUCTION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "hsm/destruction_receipt.h"

namespace enkrat::signer {

// Immutable. Ids, hashes and names of attributes only.
class KeyDestruction {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;

  explicit KeyDestruction(const hsm::DestructionReceipt& receipt);

  const Bytes& public_key_sha256() const { return public_key_sha256_; }  // of the DER SPKI
  absl::Time generated_at() const { return generated_at_; }
  absl::Time destroyed_at() const { return destroyed_at_; }
  uint64_t signatures() const { return signatures_; }
  // What the token answered when asked for the destroyed private object.
  const std::string& confirmation() const { return confirmation_; }
  // As read back after generation: {"CKA_NEVER_EXTRACTABLE", "true"}, ...
  const Attributes& attributes() const { return attributes_; }

 private:
  friend class StoredResult;
  KeyDestruction() = default;

  Bytes public_key_sha256_;
  absl::Time generated_at_;
  absl::Time destroyed_at_;
  uint64_t signatures_ = 0;
  std::string confirmation_;
  Attributes attributes_;
};

// The attributes by their PKCS#11 names, for evidence and replies.
KeyDestruction::Attributes NamedAttributes(const hsm::KeyAttributes& attributes);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_KEY_DESTRUCTION_H_

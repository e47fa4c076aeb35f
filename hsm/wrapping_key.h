// A secret AES-256 key in the token: what encrypts the keys that encrypt what is stored.
#ifndef ENKRAT_HSM_WRAPPING_KEY_H_
#define ENKRAT_HSM_WRAPPING_KEY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::hsm {

class Session;

// Made in the token, never extractable. Value semantics as LongLivedKey; used through
// SessionLease::Encrypt and Decrypt.
class WrappingKey {
 public:
  const std::string& label() const { return entry_->label; }

 private:
  friend class WrappingKeys;
  struct Entry {
    std::string label;
    std::atomic<uint64_t> handle;  // written only while no lease is out
  };
  explicit WrappingKey(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

  std::shared_ptr<Entry> entry_;
};

// What the token does with wrapping keys; used by SessionPool and SessionLease. Stateless.
// Encrypt and decrypt by CKM_AES_GCM (PKCS#11 v2.40 2.12.3), with a random nonce of 12 octets and a
// tag of 16.
class WrappingKeys {
 public:
  // kConfigurationInvalid if the label is taken.
  static absl::StatusOr<WrappingKey> Generate(Session& session, const std::string& label);
  // kNotFound; kConfigurationInvalid if the label is there twice, or the key can be extracted or is
  // of another type.
  static absl::StatusOr<WrappingKey> Find(Session& session, const std::string& label);
  static absl::Status Refresh(Session& session, const WrappingKey& key);
  // nonce || ciphertext || tag. kLimitExceeded above 1024 octets: it is for keys.
  static absl::StatusOr<Bytes> Encrypt(Session& session, const WrappingKey& key, ByteSpan plaintext,
                                       ByteSpan associated);
  // kConfigurationInvalid for what another key has made, or was altered since. Then the session is
  // replaced: tokens differ in what they say to that (SoftHSM 2.6.1: CKR_GENERAL_ERROR).
  static absl::StatusOr<Bytes> Decrypt(Session& session, const WrappingKey& key, ByteSpan sealed,
                                       ByteSpan associated);
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_WRAPPING_KEY_H_

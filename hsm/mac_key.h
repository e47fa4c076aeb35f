// A secret HMAC-SHA-256 key in the token: keyed hashes of what must not be guessed back.
#ifndef ENKRAT_HSM_MAC_KEY_H_
#define ENKRAT_HSM_MAC_KEY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::hsm {

class Session;

// A 256-bit generic secret, made in the token, never extractable. Value semantics as LongLivedKey;
// used through SessionLease::Mac.
class MacKey {
 public:
  const std::string& label() const { return entry_->label; }

 private:
  friend class MacKeys;
  struct Entry {
    std::string label;
    std::atomic<uint64_t> handle;  // written only while no lease is out
  };
  explicit MacKey(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

  std::shared_ptr<Entry> entry_;
};

// What the token does with MAC keys; used by SessionPool and SessionLease. Stateless.
class MacKeys {
 public:
  // kConfigurationInvalid if the label is taken.
  static absl::StatusOr<MacKey> Generate(Session& session, const std::string& label);
  // kNotFound; kConfigurationInvalid if the label is there twice or the key can be extracted.
  static absl::StatusOr<MacKey> Find(Session& session, const std::string& label);
  static absl::Status Refresh(Session& session, const MacKey& key);
  // HMAC-SHA-256 (FIPS 198-1), 32 octets, by CKM_SHA256_HMAC.
  static absl::StatusOr<Bytes> Compute(Session& session, const MacKey& key, ByteSpan message);
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_MAC_KEY_H_

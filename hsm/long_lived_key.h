// A long-lived signing key in the token (CA, TSA unit, OCSP responder, audit log), known by its
// label.
#ifndef ENKRAT_HSM_LONG_LIVED_KEY_H_
#define ENKRAT_HSM_LONG_LIVED_KEY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/signing_key.h"
#include "hsm/key_attributes.h"

namespace enkrat::hsm {

class Session;

// A token object that was looked up once. A cheap copyable value without a session: it is used
// through SessionLease::KeyFor. The pool looks its handle up again after every reconnect; the
// value stays valid.
class LongLivedKey {
 public:
  const std::string& label() const { return entry_->label; }
  // CKA_ID in hex.
  const std::string& key_id() const { return entry_->key_id; }
  const PublicKey& public_key() const { return entry_->public_key; }
  const KeyAttributes& attributes() const { return entry_->attributes; }

 private:
  friend class LongLivedKeys;
  friend class BoundLongLivedKey;
  struct Entry {
    std::string label;
    std::string key_id;
    PublicKey public_key;
    KeyAttributes attributes;
    // Written only while no lease is out.
    std::atomic<uint64_t> private_handle;
  };
  explicit LongLivedKey(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

  std::shared_ptr<Entry> entry_;
};

struct LongLivedKeySpec {
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  std::string label = {};  // unique in the token
};

// What the token does with long-lived keys; used by SessionPool. Stateless.
class LongLivedKeys {
 public:
  // Generates a token object as strictly as a one-time key. kConfigurationInvalid if the label is
  // taken.
  static absl::StatusOr<LongLivedKey> Generate(Session& session, const LongLivedKeySpec& spec);
  // kNotFound; kConfigurationInvalid if the label is there twice or the key breaks a promise.
  static absl::StatusOr<LongLivedKey> Find(Session& session, const std::string& label);
  // Looks the handle up again; kHsmUnavailable unless it is there with the same public key.
  static absl::Status Refresh(Session& session, const LongLivedKey& key);
  // A SigningKey over `key` that uses `session` and keeps it leased.
  static std::unique_ptr<SigningKey> Bind(std::shared_ptr<Session> session,
                                          const LongLivedKey& key);
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_LONG_LIVED_KEY_H_

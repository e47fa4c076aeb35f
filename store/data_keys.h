// The keys that encrypt what is personal in the ledger: AES-256-GCM in the process, each key
// wrapped by a KeyWrapper and kept so in the table data_keys.
#ifndef ENKRAT_STORE_DATA_KEYS_H_
#define ENKRAT_STORE_DATA_KEYS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/secret.h"
#include "store/key_wrapper.h"

namespace enkrat::store {

// Where a ciphertext belongs. It does not decrypt anywhere else: all three are authenticated with
// it, and the key's id.
struct SealedPlace {
  absl::string_view table;
  absl::string_view session_id;  // of its row
  absl::string_view purpose;
};

struct SealedOctets {
  int64_t data_key = 0;  // id of the key
  Bytes octets;
};

// One data key, unwrapped. Thread-safe.
class DataKey {
 public:
  DataKey(int64_t id, Secret secret) : id_(id), secret_(std::move(secret)) {}

  int64_t id() const { return id_; }
  uint64_t uses() const { return uses_.load(std::memory_order_relaxed); }
  absl::StatusOr<Bytes> Seal(const SealedPlace& place, ByteSpan plaintext) const;
  // nullopt for what was not sealed with this key for this place, or was altered.
  std::optional<Bytes> Open(const SealedPlace& place, ByteSpan sealed) const;

 private:
  const int64_t id_;
  const Secret secret_;
  mutable std::atomic<uint64_t> uses_{0};
};

// A new key, wrapped; unwrapped again to see that it can be. The wrapper's errors.
struct NewDataKey {
  Secret secret;
  Bytes wrapped;
};
absl::StatusOr<NewDataKey> MakeDataKey(KeyWrapper& wrapper);

// Thread-safe. A process uses a key of its own for at most a day and 2^24 texts, so it asks the
// wrapper once a day to write; keys of old rows are unwrapped when they are read, and remembered.
class DataKeys {
 public:
  static constexpr absl::Duration kLongestUse = absl::Hours(24);
  static constexpr uint64_t kMostUses = uint64_t{1} << 24;
  static constexpr size_t kMostRemembered = 1024;

  struct Options {
    KeyWrapper* wrapper = nullptr;  // not owned
    const Clock* clock = nullptr;   // not owned; null: for reading only
    Logger* logger = nullptr;       // optional; not owned
    // The wrapped key of an id.
    std::function<absl::StatusOr<Bytes>(int64_t id)> load = {};
    // Keeps a new key durably; its id.
    std::function<absl::StatusOr<int64_t>(Bytes wrapped)> save = {};
  };
  explicit DataKeys(Options options) : options_(std::move(options)) {}

  // The key to begin with, which is in the table already.
  void Begin(int64_t id, Secret secret);

  // The key to seal with now. While no new one can be made (the HSM is away), the old one goes on
  // and that is logged; never beyond 2^32 uses (SP 800-38D 8.3).
  absl::StatusOr<std::shared_ptr<const DataKey>> Current();

  // kStoreUnavailable for what was altered or put into another row; the wrapper's errors.
  absl::StatusOr<Bytes> Open(const SealedPlace& place, const SealedOctets& sealed);

 private:
  bool DueForChange() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<const DataKey>> MakeNew();
  absl::StatusOr<std::shared_ptr<const DataKey>> Find(int64_t id);
  void Remember(std::shared_ptr<const DataKey> key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  Mutex mutex_;
  std::shared_ptr<const DataKey> current_ ABSL_GUARDED_BY(mutex_);
  absl::Duration change_at_ ABSL_GUARDED_BY(mutex_);  // since boot
  bool changing_ ABSL_GUARDED_BY(mutex_) = false;     // somebody makes a new one
  std::map<int64_t, std::shared_ptr<const DataKey>> remembered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_DATA_KEYS_H_

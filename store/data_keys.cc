// The keys that encrypt what is personal in the ledger.
#include "store/data_keys.h"

#include <openssl/crypto.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/aead.h"
#include "common/random.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::store {
namespace {

constexpr absl::Duration kPauseAfterFailure = absl::Minutes(1);
constexpr uint64_t kNoMoreUses = uint64_t{1} << 32;

// No part holds a NUL (bounds.h; tables and purposes are ours), so the list reads one way only.
std::string Associated(const SealedPlace& place, int64_t key) {
  const absl::string_view separator("\0", 1);
  return absl::StrCat("enkrat/ledger/v1", separator, place.table, separator, place.session_id,
                      separator, place.purpose, separator, key);
}

}  // namespace

absl::StatusOr<Bytes> DataKey::Seal(const SealedPlace& place, ByteSpan plaintext) const {
  uses_.fetch_add(1, std::memory_order_relaxed);
  return AeadSeal(secret_.Reveal(), plaintext, AsSpan(Associated(place, id_)));
}

std::optional<Bytes> DataKey::Open(const SealedPlace& place, ByteSpan sealed) const {
  return AeadOpen(secret_.Reveal(), sealed, AsSpan(Associated(place, id_)));
}

absl::StatusOr<NewDataKey> MakeDataKey(KeyWrapper& wrapper) {
  Bytes octets = RandomBytes(kAeadKeyBytes);
  Secret secret{ByteSpan(octets)};
  OPENSSL_cleanse(octets.data(), octets.size());
  ENKRAT_ASSIGN_OR_RETURN(Bytes wrapped, wrapper.Wrap(secret.Reveal()));
  // What could not be read again would be lost for good.
  ENKRAT_ASSIGN_OR_RETURN(const Secret again, wrapper.Unwrap(wrapped));
  if (!ConstantTimeEqual(again.Reveal(), secret.Reveal())) {
    return MakeError(Reason::kInternal, "a data key was not unwrapped as it was wrapped");
  }
  return NewDataKey{std::move(secret), std::move(wrapped)};
}

void DataKeys::Begin(int64_t id, Secret secret) {
  const auto key = std::make_shared<const DataKey>(id, std::move(secret));
  const MutexLock lock(mutex_);
  current_ = key;
  change_at_ = options_.clock->SinceBoot() + kLongestUse;
  Remember(key);
}

bool DataKeys::DueForChange() const {
  return current_ == nullptr || current_->uses() >= kMostUses ||
         options_.clock->SinceBoot() >= change_at_;
}

absl::StatusOr<std::shared_ptr<const DataKey>> DataKeys::Current() {
  std::shared_ptr<const DataKey> old;
  {
    const MutexLock lock(mutex_);
    if (current_ != nullptr && (changing_ || !DueForChange())) return current_;
    old = current_;
    changing_ = true;
  }
  // Made without the mutex: the others go on with the old one meanwhile.
  absl::StatusOr<std::shared_ptr<const DataKey>> made = MakeNew();
  const MutexLock lock(mutex_);
  changing_ = false;
  if (made.ok()) {
    current_ = *made;
    change_at_ = options_.clock->SinceBoot() + kLongestUse;
    Remember(*made);
    return made;
  }
  if (old == nullptr || old->uses() >= kNoMoreUses) return made.status();
  if (old->uses() < kMostUses) change_at_ = options_.clock->SinceBoot() + kPauseAfterFailure;
  if (options_.logger != nullptr) {
    options_.logger->Error(
        "the key of personal data could not be changed; the old one goes on",
        {{"reason", ReasonName(ReasonOf(made.status()))}, {"why", made.status().message()}});
  }
  return old;
}

absl::StatusOr<std::shared_ptr<const DataKey>> DataKeys::MakeNew() {
  ENKRAT_ASSIGN_OR_RETURN(NewDataKey made, MakeDataKey(*options_.wrapper));
  ENKRAT_ASSIGN_OR_RETURN(const int64_t id, options_.save(std::move(made.wrapped)));
  return std::make_shared<const DataKey>(id, std::move(made.secret));
}

absl::StatusOr<Bytes> DataKeys::Open(const SealedPlace& place, const SealedOctets& sealed) {
  ENKRAT_ASSIGN_OR_RETURN(const std::shared_ptr<const DataKey> key, Find(sealed.data_key));
  std::optional<Bytes> plaintext = key->Open(place, sealed.octets);
  if (plaintext.has_value()) return *std::move(plaintext);
  return MakeError(Reason::kStoreUnavailable,
                   absl::StrCat("the ", place.purpose, " of session ", place.session_id,
                                " does not decrypt: the file was altered; restore a backup"));
}

absl::StatusOr<std::shared_ptr<const DataKey>> DataKeys::Find(int64_t id) {
  {
    const MutexLock lock(mutex_);
    if (const auto found = remembered_.find(id); found != remembered_.end()) return found->second;
  }
  ENKRAT_ASSIGN_OR_RETURN(const Bytes wrapped, options_.load(id));
  absl::StatusOr<Secret> secret = options_.wrapper->Unwrap(wrapped);
  if (!secret.ok()) return WithContext(secret.status(), absl::StrCat("data key ", id));
  auto key = std::make_shared<const DataKey>(id, *std::move(secret));
  const MutexLock lock(mutex_);
  Remember(key);
  return key;
}

void DataKeys::Remember(std::shared_ptr<const DataKey> key) {
  // The oldest goes: old rows are read seldom.
  if (remembered_.size() >= kMostRemembered) remembered_.erase(remembered_.begin());
  remembered_[key->id()] = std::move(key);
}

}  // namespace enkrat::store

// The HSM as keeper of the ledger's data keys: wraps and unwraps them with a key that never leaves
// it.
#ifndef ENKRAT_SIGNER_PERSONAL_DATA_KEYS_H_
#define ENKRAT_SIGNER_PERSONAL_DATA_KEYS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/clock.h"
#include "hsm/session_pool.h"
#include "store/key_wrapper.h"

namespace enkrat::signer {

// Thread-safe. Leases a session for each call, for 5 s at most, so no caller may hold one.
class PersonalDataKeys final : public store::KeyWrapper {
 public:
  struct Options {
    hsm::SessionPool* pool = nullptr;  // not owned; outlives this
    const Clock* clock = nullptr;      // not owned
    std::string label;                 // of the key; kPersonalDataKey of the ceremony
  };
  // kConfigurationInvalid if the token has no such key: the ceremony of an older version did not
  // make it, and a later run of `enkrat init` does.
  static absl::StatusOr<std::unique_ptr<PersonalDataKeys>> Create(Options options);

  absl::StatusOr<Bytes> Wrap(ByteSpan data_key) override;
  absl::StatusOr<Secret> Unwrap(ByteSpan wrapped) override;

 private:
  PersonalDataKeys(Options options, hsm::WrappingKey key)
      : options_(std::move(options)), key_(std::move(key)) {}
  absl::StatusOr<hsm::SessionLease> Acquire();

  const Options options_;
  const hsm::WrappingKey key_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_PERSONAL_DATA_KEYS_H_

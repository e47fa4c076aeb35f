// What keeps the ledger's data keys: a key that the ledger never sees, such as one in an HSM.
#ifndef ENKRAT_STORE_KEY_WRAPPER_H_
#define ENKRAT_STORE_KEY_WRAPPER_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/secret.h"

namespace enkrat::store {

// Thread-safe. May take as long as a round trip to the HSM; asked once for each new data key and
// once for each old one that is read. Errors: kHsmUnavailable and the like when it is away.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  // The 32 octets of a data key, encrypted and authenticated.
  virtual absl::StatusOr<Bytes> Wrap(ByteSpan data_key) = 0;
  // kConfigurationInvalid for what another key wrapped, or was altered since.
  virtual absl::StatusOr<Secret> Unwrap(ByteSpan wrapped) = 0;
};

}  // namespace enkrat::store

#endif  // ENKRAT_STORE_KEY_WRAPPER_H_

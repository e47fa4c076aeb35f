#include "hsm/session_lease.h"

#include "hsm/session.h"

namespace enkrat::hsm {

absl::StatusOr<OneTimeKey> SessionLease::GenerateOneTimeKey(const OneTimeKeySpec& spec) {
  return OneTimeKey::Generate(session_, spec);
}

std::unique_ptr<SigningKey> SessionLease::KeyFor(const LongLivedKey& key) {
  return LongLivedKeys::Bind(session_, key);
}

absl::StatusOr<Bytes> SessionLease::Mac(const MacKey& key, ByteSpan message) {
  return MacKeys::Compute(*session_, key, message);
}

}  // namespace enkrat::hsm

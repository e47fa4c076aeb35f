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

absl::StatusOr<Bytes> SessionLease::Encrypt(const WrappingKey& key, ByteSpan plaintext,
                                            ByteSpan associated) {
  return WrappingKeys::Encrypt(*session_, key, plaintext, associated);
}

absl::StatusOr<Bytes> SessionLease::Decrypt(const WrappingKey& key, ByteSpan sealed,
                                            ByteSpan associated) {
  return WrappingKeys::Decrypt(*session_, key, sealed, associated);
}

}  // namespace enkrat::hsm

// One PKCS#11 session, lent to one thread: everything that thread does in the token goes through
// it.
#ifndef ENKRAT_HSM_SESSION_LEASE_H_
#define ENKRAT_HSM_SESSION_LEASE_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "hsm/long_lived_key.h"
#include "hsm/mac_key.h"
#include "hsm/one_time_key.h"
#include "hsm/wrapping_key.h"

namespace enkrat::hsm {

class Session;

// Move-only; not thread-safe. The session goes back to its pool when the lease and every key that
// came from it are gone; the pool must outlive them. A session that failed in a way that may have
// left it half-way through an operation is then replaced, not lent again.
class SessionLease {
 public:
  // Made by SessionPool::Acquire.
  explicit SessionLease(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  SessionLease(SessionLease&&) noexcept = default;
  SessionLease& operator=(SessionLease&&) noexcept = default;

  // See OneTimeKey::Generate. kInternal while another one-time key of this lease lives.
  absl::StatusOr<OneTimeKey> GenerateOneTimeKey(const OneTimeKeySpec& spec);

  // A SigningKey over a long-lived key, bound to this session and this thread. Cheap.
  std::unique_ptr<SigningKey> KeyFor(const LongLivedKey& key);

  // HMAC-SHA-256 of the message, 32 octets. Errors: the CK_RV's reason.
  absl::StatusOr<Bytes> Mac(const MacKey& key, ByteSpan message);

  // Of keys of ours, at most 1024 octets; `associated` is authenticated with them. Errors:
  // WrappingKeys.
  absl::StatusOr<Bytes> Encrypt(const WrappingKey& key, ByteSpan plaintext, ByteSpan associated);
  absl::StatusOr<Bytes> Decrypt(const WrappingKey& key, ByteSpan sealed, ByteSpan associated);

  // For hsm/ only.
  Session& session() { return *session_; }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_SESSION_LEASE_H_

// A one-time key: a key pair that lives in one PKCS#11 session for the milliseconds of one signing
// session, and whose end is confirmed by the token.
#ifndef ENKRAT_HSM_ONE_TIME_KEY_H_
#define ENKRAT_HSM_ONE_TIME_KEY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "hsm/destruction_receipt.h"
#include "hsm/key_attributes.h"

namespace enkrat::hsm {

class Session;

struct OneTimeKeySpec {
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  // CKA_LABEL: the id of the signing session; nothing personal. At most 64 octets.
  std::string label = {};
};

// Move-only; used by one thread, the one that holds the lease it came from. It keeps the session
// leased for as long as it lives. However it goes (Destroy, the destructor on any early return) the
// token is told to destroy both objects and asked whether they are gone.
class OneTimeKey final : public SigningKey {
 public:
  // Generates the pair as session objects, never extractable, and reads its attributes back
  // (docs/conformity.md). Errors: the CK_RV's reason; kInternal if the token made a key that breaks
  // a promise (it is destroyed first). Use SessionLease::GenerateOneTimeKey.
  static absl::StatusOr<OneTimeKey> Generate(std::shared_ptr<Session> session,
                                             const OneTimeKeySpec& spec);

  OneTimeKey(OneTimeKey&& other) noexcept;
  OneTimeKey& operator=(OneTimeKey&& other) noexcept;
  // Destroys the key unless that was done. A failure to confirm it goes to the log and the pool's
  // counters, and has the pool reconnect (C_Finalize ends every session object).
  ~OneTimeKey() override;

  const PublicKey& public_key() const override;
  const KeyAttributes& attributes() const;
  absl::Time generated_at() const;
  // CKA_ID in hex.
  const std::string& key_id() const;

  // As in SigningKey; kRequestMalformed for a digest of another length.
  absl::StatusOr<Bytes> SignDigest(DigestAlgorithm algorithm, ByteSpan digest) override;

  // Destroys the private and the public object and has the token confirm that both handles are
  // invalid; if it does not, closes the session (which ends its objects, PKCS#11 v2.40 6.7.6) and
  // asks again, unless the module's quirks forbid to close sessions beside running calls.
  // kKeyDestructionUnconfirmed if the token still does not confirm it: no reply may be sent then,
  // and the pool finalises the module (which ends every session object) before it lends again.
  absl::StatusOr<DestructionReceipt> Destroy() &&;

 private:
  struct Pair;  // the handles, and what is known of them
  explicit OneTimeKey(std::unique_ptr<Pair> pair);

  static absl::StatusOr<DestructionReceipt> DestroyPair(Pair& pair);
  static void DestroyAtEnd(std::unique_ptr<Pair> pair);

  std::unique_ptr<Pair> pair_;
};

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_ONE_TIME_KEY_H_

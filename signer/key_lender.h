// Where a long-lived key can be had for the length of one call.
#ifndef ENKRAT_SIGNER_KEY_LENDER_H_
#define ENKRAT_SIGNER_KEY_LENDER_H_

#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/signing_key.h"
#include "common/status_macros.h"
#include "hsm/session_pool.h"

namespace enkrat::signer {

// Thread-safe.
class KeyLender {
 public:
  virtual ~KeyLender() = default;
  // Calls `use` with the key, or answers why it cannot be had; otherwise what `use` answers.
  virtual absl::Status Lend(absl::Time deadline,
                            absl::FunctionRef<absl::Status(SigningKey&)> use) = 0;
};

// A key in the token: leases a session for each call. Further errors: SessionPool::Acquire's.
class PooledKey final : public KeyLender {
 public:
  // The pool outlives it.
  PooledKey(hsm::SessionPool& pool, hsm::LongLivedKey key) : pool_(pool), key_(std::move(key)) {}

  absl::Status Lend(absl::Time deadline,
                    absl::FunctionRef<absl::Status(SigningKey&)> use) override {
    ENKRAT_ASSIGN_OR_RETURN(hsm::SessionLease lease, pool_.Acquire(deadline));
    const std::unique_ptr<SigningKey> key = lease.KeyFor(key_);
    return use(*key);
  }

 private:
  hsm::SessionPool& pool_;
  const hsm::LongLivedKey key_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_KEY_LENDER_H_

// The public keys of one identity provider at one time (RFC 7517 5, JWK Set).
#ifndef ENKRAT_IDP_CLIENT_KEY_SET_H_
#define ENKRAT_IDP_CLIENT_KEY_SET_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "idp_client/signature_algorithm.h"
#include "idp_client/verification_key.h"

namespace enkrat::idp_client {

// Longest JWK Set, in octets, and its most keys: a rotation needs two of each algorithm. Reading a
// set costs the thread that fetched it, so whoever writes the set must not decide how much.
inline constexpr size_t kMaxKeySetSize = 256 * 1024;
inline constexpr size_t kMaxKeys = 16;

// Immutable; thread-safe.
class KeySet {
 public:
  // kRequestMalformed or kLimitExceeded for what is not a JWK Set within the bounds. Single keys
  // that cannot be used are left out (RFC 7517 5); a set without usable keys is a set.
  static absl::StatusOr<KeySet> FromJson(absl::string_view text);

  // The one key that the header of a token points at: of that id if it names one, and fit for the
  // algorithm. nullptr if there is none or more than one.
  const VerificationKey* Find(const SignatureAlgorithm& algorithm, absl::string_view kid) const;

  size_t size() const { return keys_.size(); }

 private:
  explicit KeySet(std::vector<VerificationKey> keys) : keys_(std::move(keys)) {}

  std::vector<VerificationKey> keys_;
};

}  // namespace enkrat::idp_client

#endif  // ENKRAT_IDP_CLIENT_KEY_SET_H_

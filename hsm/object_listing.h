// What lies in a token: a search for objects, to show that no one-time key is left.
#ifndef ENKRAT_HSM_OBJECT_LISTING_H_
#define ENKRAT_HSM_OBJECT_LISTING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "hsm/session_lease.h"

namespace enkrat::hsm {

enum class ObjectClass { kPrivateKey, kPublicKey, kSecretKey, kCertificate, kOther };

absl::string_view ObjectClassName(ObjectClass object_class);  // "private key"

struct ObjectFilter {
  std::optional<std::string> label = std::nullopt;
  std::optional<ObjectClass> object_class = std::nullopt;  // not kOther
  std::optional<bool> token = std::nullopt;  // true = stored in the token, false = session objects
};

struct ObjectInfo {
  ObjectClass object_class = ObjectClass::kOther;
  std::string label = {};
  std::string id = {};  // CKA_ID in hex
  bool token = false;
};

// All objects that this login sees and the filter lets through; session objects are those of this
// process only (PKCS#11 shows no others). kLimitExceeded beyond 100,000. Not for the hot path: it
// walks every object of the token.
absl::StatusOr<std::vector<ObjectInfo>> ListObjects(SessionLease& lease,
                                                    const ObjectFilter& filter);

// Private keys that are session objects: the one-time keys alive in this process right now.
absl::StatusOr<size_t> CountOneTimeKeys(SessionLease& lease);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_OBJECT_LISTING_H_

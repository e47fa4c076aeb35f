// Symmetric keys in the token: made there, never to leave it. Internal to hsm/.
#ifndef ENKRAT_HSM_SECRET_KEY_H_
#define ENKRAT_HSM_SECRET_KEY_H_

#include <string>

#include "absl/status/statusor.h"
#include "hsm/cryptoki.h"
#include "hsm/session.h"

namespace enkrat::hsm {

// What a key is for; it can do nothing else.
struct SecretKeyKind {
  const char* name;  // for messages
  CK_KEY_TYPE type;
  CK_MECHANISM_TYPE generation;
  bool signs = false;
  bool encrypts = false;  // and decrypts
};

// A 256-bit token object: private, sensitive, not extractable, not modifiable.
// kConfigurationInvalid if the label is taken, or the token does not keep to that: then nothing
// stays behind.
absl::StatusOr<CK_OBJECT_HANDLE> GenerateSecretKey(Session& session, const SecretKeyKind& kind,
                                                   const std::string& label);

// kNotFound; kConfigurationInvalid if the label is there twice, or the key is of another type, was
// not made in the token, or can leave it.
absl::StatusOr<CK_OBJECT_HANDLE> FindSecretKey(Session& session, const SecretKeyKind& kind,
                                               const std::string& label);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_SECRET_KEY_H_

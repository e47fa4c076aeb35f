// Generating a key pair that never leaves the token, and reading back what came of it. Internal to
// hsm/.
#ifndef ENKRAT_HSM_KEY_PAIR_H_
#define ENKRAT_HSM_KEY_PAIR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "hsm/cryptoki.h"
#include "hsm/key_attributes.h"
#include "hsm/session.h"

namespace enkrat::hsm {

struct KeyPairSpec {
  KeyAlgorithm algorithm = KeyAlgorithm::kEcdsaP256;
  ByteSpan id = {};              // CKA_ID
  absl::string_view label = {};  // CKA_LABEL
  bool token = false;            // a token object, or one of the session
};

struct KeyPairHandles {
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
};

// C_GenerateKeyPair with the templates of docs/conformity.md.
absl::StatusOr<KeyPairHandles> GenerateKeyPair(Session& session, const KeyPairSpec& spec);

// Everything the service promises about a private key, the refusal to show its value included, in
// one call where the token answers it in one.
absl::StatusOr<KeyAttributes> ReadKeyAttributes(Session& session, CK_OBJECT_HANDLE private_key,
                                                KeyAlgorithm algorithm);

// The public half. kInternal if it is no valid key of the algorithm.
absl::StatusOr<PublicKey> ReadPublicKey(Session& session, CK_OBJECT_HANDLE public_key,
                                        KeyAlgorithm algorithm);

// The algorithm of a public key object; kConfigurationInvalid if it is none the service uses.
absl::StatusOr<KeyAlgorithm> ReadKeyAlgorithm(Session& session, CK_OBJECT_HANDLE public_key);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_KEY_PAIR_H_

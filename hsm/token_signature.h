// A signature over a digest by a private key in the token, in the form the rest of the service
// uses. Internal to hsm/.
#ifndef ENKRAT_HSM_TOKEN_SIGNATURE_H_
#define ENKRAT_HSM_TOKEN_SIGNATURE_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/signing_key.h"
#include "hsm/cryptoki.h"
#include "hsm/session.h"

namespace enkrat::hsm {

// CKM_ECDSA (r || s turned into a DER Ecdsa-Sig-Value) or CKM_RSA_PKCS_PSS. As
// SigningKey::SignDigest.
absl::StatusOr<Bytes> SignInToken(Session& session, CK_OBJECT_HANDLE private_key,
                                  KeyAlgorithm key_algorithm, DigestAlgorithm digest_algorithm,
                                  ByteSpan digest);

// DER Ecdsa-Sig-Value (RFC 3279 2.2.3) of two big-endian integers of equal length, at most 66
// octets each; kInternal for another length.
absl::StatusOr<Bytes> EcdsaSigValue(ByteSpan r_and_s);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_TOKEN_SIGNATURE_H_

// Public keys as tokens give them (EC_POINT, modulus and exponent), turned into a PublicKey.
#ifndef ENKRAT_HSM_TOKEN_PUBLIC_KEY_H_
#define ENKRAT_HSM_TOKEN_PUBLIC_KEY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/signing_key.h"

namespace enkrat::hsm {

// DER of the named curve's OID, as CKA_EC_PARAMS wants it (RFC 5480 2.1.1). ECDSA only.
ByteSpan CurveParameters(KeyAlgorithm algorithm);
// Length of the modulus. RSA only.
uint64_t ModulusBits(KeyAlgorithm algorithm);

// From CKA_EC_POINT: an uncompressed point, wrapped in a DER OCTET STRING as PKCS#11 demands or
// bare as some modules give it. Told apart by the exact length alone (65 or 67 octets for P-256),
// never by guessing. kInternal unless it is a point of the curve.
absl::StatusOr<PublicKey> PublicKeyFromPoint(KeyAlgorithm algorithm, ByteSpan ec_point);

// From CKA_MODULUS and CKA_PUBLIC_EXPONENT, big-endian. kInternal unless the modulus has exactly
// the algorithm's length and the exponent is odd and at least 65537 (NIST SP 800-56B 6.2).
absl::StatusOr<PublicKey> PublicKeyFromModulus(KeyAlgorithm algorithm, ByteSpan modulus,
                                               ByteSpan exponent);

}  // namespace enkrat::hsm

#endif  // ENKRAT_HSM_TOKEN_PUBLIC_KEY_H_

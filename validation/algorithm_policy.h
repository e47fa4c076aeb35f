// Until when an algorithm or key size may be relied on (ETSI TS 119 312, SOG-IS/ECCG agreed
// mechanisms): judged at the time by which the signature is proven to have existed.
#ifndef ENKRAT_VALIDATION_ALGORITHM_POLICY_H_
#define ENKRAT_VALIDATION_ALGORITHM_POLICY_H_

#include <string>

#include "absl/time/time.h"
#include "common/openssl_ptr.h"

namespace enkrat::validation {

// InfinitePast: never acceptable, also for what this table does not know; InfiniteFuture: no end is
// set.
//   MD5, RIPEMD, unknown  never          RSA below 1900 bits        never
//   SHA-1                 2012-08-01     RSA 1900 to 2999 bits      end of 2028
//   SHA-224               end of 2028    RSA 3000 bits and more     no end
//   SHA-2 256 and longer  no end         P-224, brainpoolP224r1     2021-10-01
//   SHA-3 256 and longer  no end         P-256, -384, -521,
//                                        brainpoolP256r1, 384, 512  no end
//                                        Ed25519, Ed448             no end
//                                        other curves, explicit
//                                        parameters, DSA, others    never
absl::Time DigestAcceptableUntil(int digest_nid);
absl::Time KeyAcceptableUntil(const EVP_PKEY* key);

// Of an AlgorithmIdentifier of a signature, RSASSA-PSS with its parameters (RFC 4055 3.1): digest
// and, for PSS, MGF1 with the same digest. Algorithms with a digest of their own (EdDSA): no end.
absl::Time SignatureAlgorithmAcceptableUntil(const X509_ALGOR* algorithm);
// Short names for reports, such as "SHA-1", "RSA 1024".
std::string SignatureAlgorithmText(const X509_ALGOR* algorithm);
std::string KeyText(const EVP_PKEY* key);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_ALGORITHM_POLICY_H_

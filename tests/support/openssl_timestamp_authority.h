// RFC 3161 tokens made by OpenSSL's own time-stamping code: a second opinion beside tsa/.
#ifndef ENKRAT_TESTS_SUPPORT_OPENSSL_TIMESTAMP_AUTHORITY_H_
#define ENKRAT_TESTS_SUPPORT_OPENSSL_TIMESTAMP_AUTHORITY_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::testing {

struct TimestampOrder {
  X509* certificate = nullptr;  // the unit's
  EVP_PKEY* key = nullptr;      // its private key
  absl::Time gen_time;          // whole seconds
  DigestAlgorithm imprint_algorithm = DigestAlgorithm::kSha256;
  ByteSpan imprint;
  bool include_certificate = true;  // certReq
  bool ess_with_sha256 = true;      // false: the old SHA-1 signing-certificate attribute
  const char* signer_digest = "SHA256";
};

// DER of a TimeStampToken: a ContentInfo. kInternal with OpenSSL's reason if it refuses, as it does
// for a certificate without the time-stamping purpose.
absl::StatusOr<Bytes> MakeTimestampToken(const TimestampOrder& order);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_OPENSSL_TIMESTAMP_AUTHORITY_H_

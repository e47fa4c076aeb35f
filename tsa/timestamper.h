// Timestamps over a digest, whoever makes them.
#ifndef ENKRAT_TSA_TIMESTAMPER_H_
#define ENKRAT_TSA_TIMESTAMPER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::tsa {

// RFC 3161 2.4.1.
struct MessageImprint {
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
  Bytes digest;  // exactly DigestSize(algorithm) octets
};

struct IssuedTimestamp {
  Bytes token_der;  // TimeStampToken: a CMS ContentInfo, with the unit's certificate
  absl::Time gen_time;
  std::string serial_number;  // lower-case hex, whole octets
  std::string policy_oid;     // dotted decimal
};

// Thread-safe.
class Timestamper {
 public:
  virtual ~Timestamper() = default;

  // A timestamp whose token has been checked: imprint, nonce, signature, certificate. Errors:
  // kDigestUnsupported, kTimestampUnavailable, kDeadlineTooShort.
  virtual absl::StatusOr<IssuedTimestamp> Timestamp(const MessageImprint& imprint,
                                                    absl::Time deadline) = 0;
};

}  // namespace enkrat::tsa

#endif  // ENKRAT_TSA_TIMESTAMPER_H_

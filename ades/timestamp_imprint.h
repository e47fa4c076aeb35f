// What a timestamp token says it is over.
#ifndef ENKRAT_ADES_TIMESTAMP_IMPRINT_H_
#define ENKRAT_ADES_TIMESTAMP_IMPRINT_H_

#include "absl/status/statusor.h"
#include "ades/signed_data_layout.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::ades {

// messageImprint of a TSTInfo (RFC 3161 2.4.2).
struct TimestampImprint {
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
  Bytes digest;
};

// kRequestMalformed unless `token` holds a TSTInfo, with a digest algorithm that is believed. Says
// nothing about who made it.
absl::StatusOr<TimestampImprint> ReadTimestampImprint(const SignedDataLayout& token);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_TIMESTAMP_IMPRINT_H_

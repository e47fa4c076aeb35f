// An RFC 3161 token, opened: what its TSTInfo says.
#ifndef ENKRAT_VALIDATION_TIMESTAMP_TOKEN_H_
#define ENKRAT_VALIDATION_TIMESTAMP_TOKEN_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ades/signed_message.h"
#include "common/bytes.h"
#include "common/digest.h"

namespace enkrat::validation {

// Move-only; not thread-safe.
struct TimestampToken {
  ades::SignedMessage message;
  absl::Time gen_time;
  std::string serial_number;                         // hexadecimal
  std::string policy_oid;                            // dotted decimal
  std::optional<DigestAlgorithm> imprint_algorithm;  // nullopt: weak or unknown
  Bytes imprint;
  bool qualified_claim = false;  // esi4-qtstStatement-1 (EN 319 422 9.1)
};

// kRequestMalformed unless it is a CMS around a TSTInfo of version 1, with a time that can be read
// and without critical extensions that are not understood. Says nothing about who made it.
absl::StatusOr<TimestampToken> OpenTimestampToken(ByteSpan token_der);

// Whether the CMS is one: its content is a TSTInfo.
bool IsTimestampToken(const ades::SignedMessage& message);

// Whether a file, in any of the forms that a CMS may have (format_detection.h), is a timestamp and
// no signature.
bool HoldsTimestamp(ByteSpan file);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_TIMESTAMP_TOKEN_H_

// A signature timestamp, judged: an RFC 3161 token over a signature value.
#ifndef ENKRAT_ADES_TIMESTAMP_JUDGEMENT_H_
#define ENKRAT_ADES_TIMESTAMP_JUDGEMENT_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "ades/trust_anchors.h"
#include "ades/verifier.h"
#include "common/bytes.h"

namespace enkrat::ades {

struct TimestampContext {
  ByteSpan signature_value;  // what it is to be over
  const TrustAnchors* trust = nullptr;
  std::vector<X509*> more_certificates;  // besides those in the token
  absl::Time now;
};

struct TimestampJudgement {
  std::vector<Check> checks;  // "timestamp" and "timestamp-..."
  // In whole seconds; nullopt unless every check passed: no other time is worth anything.
  std::optional<absl::Time> gen_time;
};

// Checks of RFC 3161 2.4.2 and EN 319 422: the token is a CMS of one signer over a TSTInfo; its
// imprint is the digest of the signature value; it names its certificate, which is for
// time-stamping alone and leads to a trusted root at genTime; genTime is not in the future.
TimestampJudgement JudgeTimestamp(ByteSpan token_der, const TimestampContext& context);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_TIMESTAMP_JUDGEMENT_H_

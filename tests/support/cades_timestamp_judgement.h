// The second opinion on a signature timestamp: an RFC 3161 token over a signature value.
#ifndef ENKRAT_TESTS_SUPPORT_CADES_TIMESTAMP_JUDGEMENT_H_
#define ENKRAT_TESTS_SUPPORT_CADES_TIMESTAMP_JUDGEMENT_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "tests/support/cades_trust_anchors.h"
#include "tests/support/cades_verifier.h"

namespace enkrat::testing {

struct CadesTimestampContext {
  ByteSpan signature_value;  // what it is to be over
  const CadesTrustAnchors* trust = nullptr;
  std::vector<X509*> more_certificates;  // besides those in the token
  absl::Time now;
};

struct CadesTimestampJudgement {
  std::vector<CadesCheck> checks;  // "timestamp" and "timestamp-..."
  // In whole seconds; nullopt unless every check passed: no other time is worth anything.
  std::optional<absl::Time> gen_time;
};

// Checks of RFC 3161 2.4.2 and EN 319 422: the token is a CMS of one signer over a TSTInfo; its
// imprint is the digest of the signature value; it names its certificate, which is for
// time-stamping alone and leads to a trusted root at genTime; genTime is not in the future.
CadesTimestampJudgement JudgeCadesTimestamp(ByteSpan token_der,
                                            const CadesTimestampContext& context);

}  // namespace enkrat::testing

#endif  // ENKRAT_TESTS_SUPPORT_CADES_TIMESTAMP_JUDGEMENT_H_

// What a signer's certificate and the trusted lists claim: qualified or not, for signatures or for
// seals, on a qualified device (EN 319 412-5, TS 119 615, RFC 7773).
#ifndef ENKRAT_VALIDATION_QUALIFICATION_H_
#define ENKRAT_VALIDATION_QUALIFICATION_H_

#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "validation/report.h"
#include "validation/trust_store.h"

namespace enkrat::validation {

// `chain` as it was judged, signer first. Claims are read whatever the indication is; the
// determination is made for TOTAL_PASSED only, and only by services of trusted lists that were
// granted both when the certificate was issued and at `proven_at` (TS 119 615 4.4).
QualificationReport Qualify(ByteSpan signer_der, const std::vector<ChainElement>& chain,
                            absl::Time proven_at, Indication indication, const TrustStore& trust);

// Whether a service for qualified timestamps that a trusted list grants at that time is in the
// chain.
bool IsQualifiedTimestampChain(const std::vector<ChainElement>& chain, absl::Time gen_time,
                               const TrustStore& trust);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_QUALIFICATION_H_

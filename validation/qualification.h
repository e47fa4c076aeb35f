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
// determination is made for TOTAL_PASSED only, and only by CA/QC services of trusted lists that
// issued the certificate (TS 119 615 4.4, 4.5):
//   - qualified: the service was granted for that type (ForeSignatures, ForeSeals) when the
//     certificate was issued and at `proven_at`, and both times the certificate, as the list
//     corrects it, is a qualified one of that type: QcCompliance without QcCClegislation, QcType or
//     none (which means signatures).
//   - on a device: QcSSCD, as the list corrects it, both times.
//   - of contradicting corrections the one that takes away counts; of several services the weakest.
// A listed issuer that is not granted makes ADESIG or ADESEAL; none at all, NOT_DETERMINED.
QualificationReport Qualify(ByteSpan signer_der, const std::vector<ChainElement>& chain,
                            absl::Time proven_at, Indication indication, const TrustStore& trust);

struct TimestampTimes {
  absl::Time gen_time;
  absl::Time proven_at;  // by which the token itself is known to have existed
};
// Whether a TSA/QTST service that a trusted list grants at both times is in the chain.
bool IsQualifiedTimestampChain(const std::vector<ChainElement>& chain, const TimestampTimes& times,
                               const TrustStore& trust);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_QUALIFICATION_H_

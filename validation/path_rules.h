// What a path must fulfil besides not being revoked: the rules of RFC 5280 6.1, what its keys are
// for, the times and the algorithms of its certificates.
#ifndef ENKRAT_VALIDATION_PATH_RULES_H_
#define ENKRAT_VALIDATION_PATH_RULES_H_

#include <vector>

#include "absl/time/time.h"
#include "validation/certificate_path.h"
#include "validation/path_building.h"
#include "validation/report.h"

namespace enkrat::validation {

// Each adds its checks, and passes or tells the sub-indication.

// That the anchor was to be believed at that time (validation/trust_store.h).
// kNoCertificateChainFound.
Conclusion CheckAnchor(const CertificatePath& path, const TrustStore& trust, absl::Time at,
                       std::vector<Check>& checks);

// basicConstraints, path length, key usage, name constraints, policies, critical extensions; no
// noRevAvail in a CA (RFC 9608 3). kChainConstraintsFailure.
Conclusion CheckConstraints(const CertificatePath& path, std::vector<Check>& checks);

// Whether the first certificate's key is for that purpose (RFC 5280 4.2.1.3, 4.2.1.12, RFC 3161
// 2.3, RFC 6960 4.2.2.2). kChainConstraintsFailure.
Conclusion CheckPurpose(X509* certificate, PathPurpose purpose, std::vector<Check>& checks);

// Keys and signatures of all but the anchor's own signature, at that time
// (validation/algorithm_policy.h). kCryptoConstraintsFailureNoPoe.
Conclusion CheckAlgorithms(const CertificatePath& path, absl::Time at, std::vector<Check>& checks);

// That time is within every certificate's validity, the anchor's included. kTotalFailed with
// kNotYetValid for a first certificate of later, kOutOfBoundsNoPoe otherwise.
Conclusion CheckValidity(const CertificatePath& path, absl::Time at, std::vector<Check>& checks);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_PATH_RULES_H_

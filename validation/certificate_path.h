// Builds and validates a certificate's path at a given time, with revocation (RFC 5280 6, EN 319
// 102-1 5.2.6, 5.6.2.1).
#ifndef ENKRAT_VALIDATION_CERTIFICATE_PATH_H_
#define ENKRAT_VALIDATION_CERTIFICATE_PATH_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/validation_data.h"
#include "validation/report.h"
#include "validation/revocation_fetcher.h"
#include "validation/trust_store.h"
#include "validation/validation_data_proofs.h"

namespace enkrat::validation {

enum class PathPurpose { kSigning, kTimestamping, kOcspSigning };

// Whose status must be known (EN 319 102-1 5.2.6.3, RevocationCheckingConstraints of the policy).
enum class RevocationRule {
  kWholePath,  // every certificate's below the trust anchor
  // Only that of a signature's own certificate: what nobody could say about a CA, a responder or a
  // timestamping unit is a warning. What is known still counts, and revoked is revoked.
  kSigningCertificate,
};

// When something is known to have existed: the times that EN 319 102-1 calls POEs. Never later than
// the time of validation.
struct ProofOfExistence {
  absl::Time of_signature;        // the signature value and its certificate were there by then
  absl::Time of_validation_data;  // all CRLs and OCSP responses that came with it
  // Of single ones that are known for longer. Not owned; may be null.
  const ValidationDataProofs* of_each = nullptr;
};

struct PathRequest {
  ByteSpan certificate_der;
  PathPurpose purpose = PathPurpose::kSigning;
  RevocationRule rule = RevocationRule::kWholePath;
  // Certificates and revocation data that came with the signature, the DSS, or a caller.
  const ValidationData* given = nullptr;
  ProofOfExistence poe;  // both are `now` when nothing proves an earlier time
  absl::Time now;        // of the validation
  absl::Time stop_at;    // by the wall clock: no new work after it (kTryLater)
};

struct PathResult {
  // kTotalPassed: the path is good at poe.of_signature, and nothing in it was revoked before that.
  // Sub-indications as of EN 319 102-1: kNoCertificateChainFound, kOutOfBoundsNoPoe,
  // kOutOfBoundsNotRevoked, kRevoked, kRevokedNoPoe, kRevokedCaNoPoe, kTryLater (no revocation data
  // that is recent enough), kChainConstraintsFailure, kCryptoConstraintsFailureNoPoe, kNotYetValid.
  Conclusion conclusion;
  std::vector<ChainElement> chain;  // as far as it could be built
  std::vector<Check> checks;
  // What was used of the revocation data, embedded or fetched: what an augmentation would embed.
  ValidationData used;
};

// Thread-safe: keeps nothing between calls. `fetcher` may be null.
//   - noRevAvail, and valassured-ST-certs within 24 h of life, excuse an end entity from revocation
//     data, id-pkix-ocsp-nocheck a responder's; trust anchors are not looked up.
//   - CRLs: full ones of the issuer, or indirect ones refused; signature, times, IDP, AKI. OCSP:
//     the issuer's or a delegate's of it (RFC 6960 4.2.2.2), unknown is not good.
//   - Revoked after poe.of_signature counts as good at that time, unless for keyCompromise of a CA.
PathResult ValidatePath(const PathRequest& request, const TrustStore& trust,
                        RevocationFetcher* fetcher);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_CERTIFICATE_PATH_H_

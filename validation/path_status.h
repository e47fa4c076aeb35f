// What the CAs above a certificate say of it and of each other at the moment: asked over the
// network, judged, and with how long the answer lasts.
#ifndef ENKRAT_VALIDATION_PATH_STATUS_H_
#define ENKRAT_VALIDATION_PATH_STATUS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/validation_data.h"
#include "validation/certificate_path.h"
#include "validation/revocation_fetcher.h"
#include "validation/trust_store.h"

namespace enkrat::validation {

struct PathStatusRequest {
  ByteSpan certificate_der;
  PathPurpose purpose = PathPurpose::kTimestamping;
  const std::vector<Bytes>* certificates_der = nullptr;  // that may be above it; not owned
  absl::Time now;                                        // as of when to judge
  absl::Time stop_at;                                    // by the wall clock
};

struct PathStatus {
  enum class Verdict {
    kGood,     // a path to an anchor, and good news of each certificate in it
    kRevoked,  // of one of them, the certificate itself or a CA above it
    kUnknown,  // no path, or no news that may be believed
  } verdict = Verdict::kUnknown;
  std::string why = {};  // one sentence for the log; of kGood empty
  // Of kGood: the path with its anchor, a CRL or an OCSP response of each certificate in it that
  // needs one, and the responders' certificates. A CRL is left out where OCSP says enough.
  ValidationData data = {};
  // Of kGood: the earliest nextUpdate and the earliest end of a certificate. A statement without
  // nextUpdate is good for the moment of which it was asked: then it is `now`.
  absl::Time valid_until = absl::InfinitePast();
};

// ValidatePath by its strictest rule: everything below the anchor must be known not to be revoked,
// at any time, by statements that are current at `now`. Thread-safe: keeps nothing.
PathStatus AskPathStatus(const PathStatusRequest& request, const TrustStore& trust,
                         RevocationFetcher& fetcher);

// The certificates of the likeliest path to an anchor, itself first; missing ones are fetched
// (RFC 5280 4.2.2.1). Empty if there is none. Nothing but the signatures in it is checked.
std::vector<Bytes> FindPath(const PathStatusRequest& request, const TrustStore& trust,
                            RevocationFetcher& fetcher);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_PATH_STATUS_H_

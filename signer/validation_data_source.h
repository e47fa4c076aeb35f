// Where the workflow gets the revocation data of our own CA and timestamping units from.
#ifndef ENKRAT_SIGNER_VALIDATION_DATA_SOURCE_H_
#define ENKRAT_SIGNER_VALIDATION_DATA_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/validation_data.h"

namespace enkrat::signer {

// Thread-safe.
class ValidationDataSource {
 public:
  virtual ~ValidationDataSource() = default;

  // Chains of the issuing CA and of every timestamping unit, up to the root; a CRL or OCSP response
  // for each certificate in them but the root, with the responders' certificates. Every status was
  // taken after `not_before` where a fresh one can be made (B-LT wants revocation data from after
  // the signature's time), and is `good`. Cheap: made once a second at most, and cached.
  // kValidationDataUnavailable if it cannot be made, or a certificate was revoked.
  virtual absl::StatusOr<std::shared_ptr<const ValidationData>> Current(absl::Time not_before,
                                                                        absl::Time deadline) = 0;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_VALIDATION_DATA_SOURCE_H_

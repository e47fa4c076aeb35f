// Where the workflow gets the revocation data of an outside TSA's units from.
#ifndef ENKRAT_SIGNER_OUTSIDE_VALIDATION_DATA_H_
#define ENKRAT_SIGNER_OUTSIDE_VALIDATION_DATA_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/validation_data.h"

namespace enkrat::signer {

// Thread-safe.
class OutsideValidationData {
 public:
  virtual ~OutsideValidationData() = default;

  // About the units that made these tokens, which the outside TSA has given: the chain of each up
  // to a configured root, with a CRL or OCSP response about each certificate in it but the root,
  // taken after `not_before` or still current then, all `good`. Besides, what is known of other
  // units that answered lately: the next timestamp may be theirs.
  //
  // Without tokens: about the unit that is expected to answer. A caller that needs them asks so
  // before anything is spent.
  //
  // Mostly at hand; otherwise fetched, until `deadline` at the latest. kValidationDataUnavailable
  // if it cannot be had or a certificate was revoked. Without tokens also the TSA's errors
  // (tsa/timestamper.h), where it has to be asked who would answer.
  virtual absl::StatusOr<std::shared_ptr<const ValidationData>> About(
      const std::vector<ByteSpan>& tokens_der, absl::Time not_before, absl::Time deadline) = 0;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_OUTSIDE_VALIDATION_DATA_H_

#include "validation/run.h"

#include "ades/embedded_validation_data.h"

namespace enkrat::validation {

PathResult Run::Path(ByteSpan certificate_der, PathPurpose purpose, const ValidationData& given,
                     const ProofOfExistence& poe) {
  // The caller's first: bounds on what is read of all are not used up by the signature's.
  ValidationData all = *options_.more;
  ades::Merge(all, given);
  PathResult result = ValidatePath({.certificate_der = certificate_der,
                                    .purpose = purpose,
                                    .rule = options_.revocation,
                                    .given = &all,
                                    .poe = poe,
                                    .now = options_.now,
                                    .stop_at = options_.stop_at},
                                   *options_.trust, options_.fetcher);
  ades::Merge(used_, result.used);
  for (const ChainElement& element : result.chain) {
    ades::Merge(used_,
                {.certificates_der = {element.der}, .crls_der = {}, .ocsp_responses_der = {}});
  }
  return result;
}

}  // namespace enkrat::validation

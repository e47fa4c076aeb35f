// How much a signature brings along for a stranger's validator: the baseline level that it reached
// (EN 319 122-1 6, EN 319 142-1 6).
#ifndef ENKRAT_VALIDATION_SIGNATURE_LEVEL_H_
#define ENKRAT_VALIDATION_SIGNATURE_LEVEL_H_

#include <string>

#include "validation/report.h"

namespace enkrat::validation {

// Of a signature that meets B-B, whose chain and timestamps were judged. "B-T": a timestamp over
// the signature that is not broken, from before the end of the signer's certificate. "B-LT":
// revocation data is embedded, and no status in any chain is unknown. "B-LTA": an archive or
// document timestamp protects that. Says how it is made, not whether it is trusted.
std::string LevelOf(const SignatureReport& signature, bool embedded_revocation_data);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_SIGNATURE_LEVEL_H_

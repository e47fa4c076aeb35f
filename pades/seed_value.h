// What the author of a form asked of the signature that goes into a field (/SV, ISO 32000-1 table
// 234).
#ifndef ENKRAT_PADES_SEED_VALUE_H_
#define ENKRAT_PADES_SEED_VALUE_H_

#include "absl/status/status.h"
#include "pades/form_fields.h"
#include "pades/pdf_signing.h"

namespace enkrat::pades {

// kPdfFieldUnsuitable if the field requires what a signature with these options would not be. What
// the author only recommends is not looked at. Throws QPDF's exceptions.
absl::Status CheckSeedValue(const FormField& field, const SignatureOptions& options);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_SEED_VALUE_H_

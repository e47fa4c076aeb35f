// A PDF that was sent to be signed, completed by what the service answered.
#ifndef ENKRAT_CLI_PDF_COMPLETION_H_
#define ENKRAT_CLI_PDF_COMPLETION_H_

#include <string>

#include "absl/status/status.h"

namespace enkrat::v1 {
class DocumentSignature;
}  // namespace enkrat::v1

namespace enkrat::cli {

// Appends `pdf_update` to the file, a copy of the document, and reads it back:
// kSignatureSelfCheckFailed, or the errors of pades::SignedPdf::Open, unless the signature stands
// in the file and is over it. On failure the file is of no use.
absl::Status CompletePdf(const std::string& path, const v1::DocumentSignature& signature);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_PDF_COMPLETION_H_

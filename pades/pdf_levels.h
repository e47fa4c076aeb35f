// A signed PDF raised from B-B or B-T to B-LT and B-LTA: the updates that follow the signature
// (EN 319 142-1 6).
#ifndef ENKRAT_PADES_PDF_LEVELS_H_
#define ENKRAT_PADES_PDF_LEVELS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"
#include "pades/pdf_signing.h"

namespace enkrat::pades {

// Whether the signature has a timestamp (B-T) is the CMS's matter: to the PDF it is the same.
enum class PadesLevel {
  kBaselineB,
  kBaselineT,
  kBaselineLt,   // and the document security store
  kBaselineLta,  // and a document timestamp over all of it
};

// Asks for an RFC 3161 token over the digest; the caller has verified what it answers.
using TimestampSource =
    std::function<absl::StatusOr<Bytes>(DigestAlgorithm algorithm, ByteSpan digest)>;

struct FinishOptions {
  PadesLevel level = PadesLevel::kBaselineB;
  const ValidationData* validation_data = nullptr;  // of B-LT and B-LTA
  TimestampSource timestamp = nullptr;              // of B-LTA
  DocumentTimestampOptions document_timestamp = {};
};

// Appends the completed signature, then what its level asks for. `path` is the document that
// `update` was prepared for, unchanged since. On any error the file is as it was before, errors are
// those of pades/pdf_signing.h and of the timestamp source; kRequestMalformed if the level asks for
// what the options lack; kSignatureSelfCheckFailed if the signature, read back, is not over what
// was signed, such as if the document was changed after all.
absl::Status FinishPdf(const std::string& path, const SignatureUpdate& update, ByteSpan cms_der,
                       const FinishOptions& options);

// Raises a document that is signed already: adds the validation data and, for kBaselineLta, a
// document timestamp. Errors and what holds on failure as above. The levels below B-LT are
// kRequestMalformed: they are made with the signature.
absl::Status AugmentPdf(const std::string& path, const FinishOptions& options);

}  // namespace enkrat::pades

#endif  // ENKRAT_PADES_PDF_LEVELS_H_

// A PDF that was sent to be signed: made ready before the one-time key exists, finished after it is
// gone. The document stays a file.
#ifndef ENKRAT_SIGNER_PDF_JOB_H_
#define ENKRAT_SIGNER_PDF_JOB_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/bytes.h"
#include "common/digest.h"
#include "common/validation_data.h"
#include "pades/pdf_levels.h"
#include "pades/pdf_signing.h"
#include "signer/signature_level.h"

namespace enkrat::signer {

// Of a format of PDF.
pades::PadesLevel PadesLevelOf(SignatureFormat format);

// Belongs to one call of Run at a time. The file is the caller's, who removes it afterwards.
class PdfJob {
 public:
  struct Options {
    std::string path;  // of a copy that is the job's to change: Finish appends to it
    DigestAlgorithm digest_algorithm = DigestAlgorithm::kSha256;
    Bytes document_digest;  // of the file as it was sent: what the person authorised
    // signing_time and signer_name are filled in here; an appearance's text may hold "{name}" and
    // the like (pades/default_text.h), and is the default text if it is empty.
    pades::SignatureOptions signature;
  };
  explicit PdfJob(Options options);

  DigestAlgorithm digest_algorithm() const { return options_.digest_algorithm; }
  ByteSpan document_digest() const { return options_.document_digest; }
  // Digest over everything that the caller chose: part of what makes a repeated call the same.
  ByteSpan options_digest() const { return options_digest_; }

  // Lays the update with the empty signature. Blocks on the disk: reads the whole document. May be
  // asked again, for a later time. Errors: pades::PrepareSignature's.
  absl::Status Prepare(absl::string_view signer_name, absl::Time signing_time);
  absl::Time prepared_at() const { return prepared_at_; }
  // What is signed instead of the document's digest: follows from the document and the options
  // alone. After Prepare.
  ByteSpan prepared_digest() const { return update_->digest(); }

  // What the document gets appended: signature, validation data, document timestamp, as the format
  // asks for. After Prepare, once; on failure the file is as it was.
  absl::StatusOr<Bytes> Finish(SignatureFormat format, ByteSpan cms_der, const ValidationData& data,
                               const pades::TimestampSource& timestamp);

 private:
  const Options options_;
  const Bytes options_digest_;
  absl::Time prepared_at_ = absl::InfinitePast();
  std::optional<pades::SignatureUpdate> update_;
};

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_PDF_JOB_H_

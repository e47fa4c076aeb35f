// Judges one signer of a CMS: what was signed, by whom, and since when that is proven (EN 319 102-1
// 5.3, 5.5 and 5.6, one after the other).
#ifndef ENKRAT_VALIDATION_SIGNATURE_PROCESS_H_
#define ENKRAT_VALIDATION_SIGNATURE_PROCESS_H_

#include <optional>
#include <string>
#include <vector>

#include "ades/signed_message.h"
#include "validation/content_digests.h"
#include "validation/judgement.h"
#include "validation/report.h"
#include "validation/run.h"

namespace enkrat::validation {

// Where the signature was found; decides what it is called and what it may hold.
enum class SignatureCarrier {
  kCms,          // a file of its own, or an entry of a container
  kPdf,          // /SubFilter ETSI.CAdES.detached
  kPdfUnderCms,  // /SubFilter adbe.pkcs7.detached
};

struct SignatureRequest {
  std::string id;
  SignatureCarrier carrier = SignatureCarrier::kCms;
  const ades::SignedMessage* message = nullptr;  // its signer selected; not owned
  ByteSpan cms_der;
  ContentDigests* content = nullptr;  // of what it is over, not owned; an encapsulated one as well
  const ValidationData* document_data = nullptr;              // of a DSS; may be null
  const ValidationDataProofs* document_data_known = nullptr;  // since when; may be null
  std::optional<absl::Time> claimed_time;  // of the PDF; the CMS's own attribute otherwise
  // What the document's timestamps prove of the signature, and of the validation data; the run's
  // `now` otherwise.
  ProofOfExistence poe;
  std::vector<TimestampReport> document_timestamps;  // which cover it, for the report
  // What was found out about its shape and its document already.
  Judgement judgement;
};

// The report but for `covers`, `covered_files` and `changes_after`. Checks: content-type,
// signed-attributes, message-digest, signing-certificate, signature-algorithm, signature-value,
// timestamp (one for each), timestamp-order, those of the path, signing-time, key-usage.
SignatureReport JudgeSignature(SignatureRequest request, Run& run);

// How many signature and archive timestamps the selected signer has.
int TimestampCount(const ades::SignedMessage& message);

}  // namespace enkrat::validation

#endif  // ENKRAT_VALIDATION_SIGNATURE_PROCESS_H_

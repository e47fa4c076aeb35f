// From the service's answer to files: checked against what was asked, then written.
#ifndef ENKRAT_CLI_SIGN_OUTPUTS_H_
#define ENKRAT_CLI_SIGN_OUTPUTS_H_

#include <string>

#include "absl/status/status.h"
#include "cli/output_plan.h"
#include "signer/signing_request.h"

namespace enkrat::v1 {
class DocumentSignature;
class SignResponse;
}  // namespace enkrat::v1

namespace enkrat::cli {

// The format that an answer has: raw unless its first signature is a CMS.
signer::SignatureFormat FormatOf(const v1::SignResponse& response);

// What holds for any answer that is worth writing: it is to this request, has signatures of one
// format, a certificate, a chain and the proof that the key was destroyed after exactly these
// signatures. kSignatureSelfCheckFailed otherwise.
absl::Status CheckResult(const std::string& request_id, const v1::SignResponse& response);

// As CheckResult, and the answer is to `intent` in `format`: one signature a document in order; raw
// signatures verify with the certificate's key.
absl::Status CheckAnswer(const signer::SigningIntent& intent, signer::SignatureFormat format,
                         const v1::SignResponse& response);

// Writes everything that the plan names. `session_json`: content of the session file. `force`:
// existing files are replaced.
absl::Status WriteOutputs(const OutputPlan& plan, const std::string& session_json,
                          const v1::SignResponse& response, bool force);

// Only what is not a document's: certificate, chain, session.
absl::Status WriteSession(const OutputPlan& plan, const std::string& session_json,
                          const v1::SignResponse& response, bool force);
// Only one document's.
absl::Status WriteDocument(const DocumentOutputs& outputs, const v1::DocumentSignature& signature,
                           bool force);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SIGN_OUTPUTS_H_

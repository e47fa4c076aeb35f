// From the service's answer to files: checked against what was asked, then written.
#ifndef ENKRAT_CLI_SIGN_OUTPUTS_H_
#define ENKRAT_CLI_SIGN_OUTPUTS_H_

#include "absl/status/status.h"
#include "cli/output_plan.h"
#include "signer/signing_request.h"

namespace enkrat::v1 {
class SignResponse;
}

namespace enkrat::cli {

// What holds for an answer that is worth writing: it is to this request, has one signature a
// document in order, a certificate, a chain and the proof of the key's destruction; raw signatures
// verify with the certificate's key. kSignatureSelfCheckFailed otherwise.
absl::Status CheckAnswer(const signer::SigningIntent& intent, signer::SignatureFormat format,
                         const v1::SignResponse& response);

// Writes everything that the plan names. `force`: existing files are replaced.
absl::Status WriteOutputs(const OutputPlan& plan, const signer::SigningIntent& intent,
                          const v1::SignResponse& response, bool force);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SIGN_OUTPUTS_H_

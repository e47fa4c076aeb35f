// What is worth keeping of a signing session, as JSON: ids, times, digests and the proof that the
// key is gone. No DER but the certificate's, in base64.
#ifndef ENKRAT_CLI_SESSION_SUMMARY_H_
#define ENKRAT_CLI_SESSION_SUMMARY_H_

#include <string>

#include "absl/time/time.h"
#include "cli/output_plan.h"
#include "signer/signing_request.h"

namespace enkrat::v1 {
class SignResponse;
}

namespace enkrat::cli {

// destroyed_at - generated_at.
absl::Duration KeyLifetime(const v1::SignResponse& response);

// "COMPLETED" of a v1::SessionState; "UNKNOWN" for one of a newer service.
std::string StateText(int state);

// session.json, indented. `intent` is what was asked for.
std::string SessionJson(const signer::SigningIntent& intent, const v1::SignResponse& response);
// The same of a stored result, whose intent only the service remembers: without level, kind and
// digests.
std::string SessionJson(const v1::SignResponse& response);

// For a person: which files were written, and that the key is gone.
std::string SessionText(const OutputPlan& plan, const v1::SignResponse& response);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SESSION_SUMMARY_H_

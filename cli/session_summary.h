// What is worth keeping of a signing session, as JSON: ids, times, digests and the proof that the
// key is gone. No DER but the certificate's, in base64.
#ifndef ENKRAT_CLI_SESSION_SUMMARY_H_
#define ENKRAT_CLI_SESSION_SUMMARY_H_

#include <string>

#include "absl/time/time.h"
#include "signer/signing_request.h"

namespace enkrat::v1 {
class SignResponse;
}

namespace enkrat::cli {

// destroyed_at - generated_at.
absl::Duration KeyLifetime(const v1::SignResponse& response);

// session.json, indented. `intent` is what was asked for.
std::string SessionJson(const signer::SigningIntent& intent, const v1::SignResponse& response);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_SESSION_SUMMARY_H_

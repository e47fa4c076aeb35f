// What the person will be asked to authorise, made from the command line's words and files.
#ifndef ENKRAT_CLI_INTENT_H_
#define ENKRAT_CLI_INTENT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "common/digest.h"
#include "common/signing_key.h"
#include "signer/signing_request.h"

namespace enkrat::cli {

struct IntentArguments {
  std::vector<std::string> files = {};
  std::vector<std::string> labels = {};  // empty: the files' names without their folders
  std::string request_id = {};           // empty: a random one
  std::string level = "advanced";
  std::string kind = "signature";
  std::string digest = {};        // empty: sha256
  std::string organization = {};  // identifier of the organisation that seals
};

// The words of the options; nullopt for any other.
std::optional<signer::SignatureLevel> ParseLevel(const std::string& word);
std::optional<signer::SignatureKind> ParseKind(const std::string& word);
std::optional<signer::SignatureFormat> ParseFormat(const std::string& word);
std::optional<DigestAlgorithm> ParseDigest(const std::string& word);
std::optional<KeyAlgorithm> ParseKeyAlgorithm(const std::string& word);

// A random UUID (RFC 4122 section 4.4), lower case.
std::string NewRequestId();

// Digests the files and checks the whole as the service will (signer/request_rules.h). Usage
// errors for unknown words, a request id that is no UUID, or as many labels as there are not files.
absl::StatusOr<signer::SigningIntent> BuildIntent(const IntentArguments& arguments,
                                                  const Context& context);

// The same, with digests that are not the files' own: what is signed of a prepared PDF, say.
using DigestOfDocument = std::function<absl::StatusOr<Bytes>(size_t index, DigestAlgorithm)>;
absl::StatusOr<signer::SigningIntent> BuildIntent(const IntentArguments& arguments,
                                                  const DigestOfDocument& digest_of);

}  // namespace enkrat::cli

#endif  // ENKRAT_CLI_INTENT_H_

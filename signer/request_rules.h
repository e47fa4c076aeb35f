// Step 1's checks of what a relying party sent: sizes, shapes and algorithms, before anything is
// spent.
#ifndef ENKRAT_SIGNER_REQUEST_RULES_H_
#define ENKRAT_SIGNER_REQUEST_RULES_H_

#include "absl/status/status.h"
#include "signer/signing_request.h"

namespace enkrat::signer {

inline constexpr size_t kMaxDocuments = 1000;
inline constexpr size_t kMaxLabelCharacters = 256;
inline constexpr size_t kMaxAssertionSize = 16 * 1024;      // octets of an ID token
inline constexpr size_t kMaxSamlResponseSize = 256 * 1024;  // octets
inline constexpr size_t kMaxPinSize = 64;                   // octets
inline constexpr size_t kMaxOrganizationIdentifierCharacters = 64;

// OK if `text` is a lower-case UUID (RFC 4122 section 3). kRequestMalformed otherwise, with the
// field's name.
absl::Status CheckRequestId(const std::string& text);

// request_id, 1..kMaxDocuments documents, each with a fitting digest and label; an organisation for
// a seal and for nothing else. kRequestMalformed, kDigestUnsupported or kLimitExceeded, with the
// field that is to blame.
absl::Status CheckIntent(const SigningIntent& intent);

// The intent, the sizes of assertion and PIN proof, and that the format can be made of these
// digests: RAW signs the document's digest as it is, so its algorithm must be the key's own.
absl::Status CheckRequest(const SigningRequest& request);

// A request to sign a PDF that is yet to come: all of the above, a format of PDF, one document.
absl::Status CheckPdfRequest(const SigningRequest& request);

}  // namespace enkrat::signer

#endif  // ENKRAT_SIGNER_REQUEST_RULES_H_

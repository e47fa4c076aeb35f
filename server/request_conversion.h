// Requests of the public API as the workflow sees them: enums checked, nothing else.
#ifndef ENKRAT_SERVER_REQUEST_CONVERSION_H_
#define ENKRAT_SERVER_REQUEST_CONVERSION_H_

#include "absl/status/statusor.h"
#include "common/digest.h"
#include "enkrat/v1/signing_service.pb.h"
#include "pades/pdf_signing.h"
#include "signer/signing_request.h"

namespace enkrat::server {

// kRequestMalformed, with the field, for a value that is unspecified or not known here;
// kDigestUnsupported for a digest algorithm.
absl::StatusOr<signer::SigningIntent> IntentFrom(const v1::SigningIntent& message);
// Without deadline and cancellation.
absl::StatusOr<signer::SigningRequest> RequestFrom(const v1::SignRequest& message);
// Neither font nor room for the CMS. kLimitExceeded for an image over 512 KiB.
absl::StatusOr<pades::SignatureOptions> PdfOptionsFrom(const v1::PdfSignatureOptions& message);
absl::StatusOr<idp_client::AssertionType> AssertionTypeFrom(v1::AssertionType value);
absl::StatusOr<DigestAlgorithm> DigestAlgorithmFrom(v1::DigestAlgorithm value,
                                                    absl::string_view field);

}  // namespace enkrat::server

#endif  // ENKRAT_SERVER_REQUEST_CONVERSION_H_

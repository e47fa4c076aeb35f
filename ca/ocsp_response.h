// What an OCSP responder answers (RFC 6960 4.2, EN 319 411-2 CSS-6.3.10).
#ifndef ENKRAT_CA_OCSP_RESPONSE_H_
#define ENKRAT_CA_OCSP_RESPONSE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ca/status_issuer.h"
#include "common/bytes.h"
#include "common/signing_key.h"

namespace enkrat::ca {

// OCSPResponseStatus; sigRequired is never answered, because nobody has to sign.
enum class OcspFailure {
  kMalformedRequest = 1,
  kInternalError = 2,
  kTryLater = 3,
  kUnauthorized = 6,
};
// An OCSPResponse without responseBytes, which nobody signs.
Bytes EncodeOcspFailure(OcspFailure failure);

enum class CertificateStatus { kGood, kRevoked, kUnknown };

struct OcspSingle {
  Bytes cert_id_der;  // as it was asked
  CertificateStatus status = CertificateStatus::kUnknown;
  // kRevoked only; a reason of 0 is not written.
  absl::Time revoked_at = absl::InfinitePast();
  int reason = 0;
};

struct OcspAnswer {
  absl::Time produced_at;  // also every thisUpdate
  absl::Time next_update;
  std::vector<OcspSingle> singles;  // 1..kMaxOcspCertIds
  // archiveCutoff of every status that is known (EN 319 411-2 CSS-6.3.10-10): the CA's notBefore,
  // because nothing is ever forgotten.
  absl::Time archive_cutoff = absl::InfinitePast();
  std::optional<Bytes> nonce;  // the request's
};

// ResponseData: responderID byKey, whole seconds rounded down.
Bytes EncodeResponseData(const StatusIssuer& responder, const OcspAnswer& answer);

// An OCSPResponse with the responder's certificate in it, signed with its key, parsed back and
// verified. kConfigurationInvalid if the key is not the responder's; kInternal for an answer
// without statuses or with times that cannot be; kSignatureSelfCheckFailed; the key's own errors.
absl::StatusOr<Bytes> MakeOcspResponse(const StatusIssuer& responder, const OcspAnswer& answer,
                                       SigningKey& responder_key);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_OCSP_RESPONSE_H_

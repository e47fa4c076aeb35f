// Certificates and revocation data in the form in which SignedData carries them.
#ifndef ENKRAT_ADES_REVOCATION_CHOICE_H_
#define ENKRAT_ADES_REVOCATION_CHOICE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::ades {

// kRequestMalformed if the octets do not have the outline of one CertificateList (RFC 5280 5.1).
absl::Status CheckCrlOutline(ByteSpan crl_der);

// The OCSPResponse as RevocationInfoChoice: [1] OtherRevocationInfoFormat of id-ri-ocsp-response
// (RFC 5940 2.1). kRequestMalformed unless it is successful and holds a BasicOCSPResponse.
absl::StatusOr<Bytes> OcspRevocationChoice(ByteSpan ocsp_response_der);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_REVOCATION_CHOICE_H_

// The signed attributes of a CAdES baseline signature: what the signature value is really made
// over.
#ifndef ENKRAT_ADES_SIGNED_ATTRIBUTES_H_
#define ENKRAT_ADES_SIGNED_ATTRIBUTES_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::ades {

struct SignedAttributesContent {
  ByteSpan document_digest;
  ByteSpan signer_certificate_der;
  std::optional<absl::Time> signing_time;  // nullopt: no such attribute (EN 319 142-1 6.3)
};

// DER SET OF Attribute, with the explicit SET OF tag that is hashed (RFC 5652 5.4); in a SignerInfo
// its first octet becomes [0]. Exactly content-type (id-data), message-digest, signing-time (if
// there is one) and signing-certificate-v2 with SHA-256 and issuerSerial (EN 319 122-1 6.3 table
// 1). kRequestMalformed for octets that are no certificate or a time outside the years 1950 to
// 9999.
absl::StatusOr<Bytes> LaySignedAttributes(const SignedAttributesContent& content);

// UTCTime for the years 1950 to 2049, GeneralizedTime otherwise, in whole seconds (RFC 5652 11.3).
absl::StatusOr<Bytes> DerTime(absl::Time time);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_SIGNED_ATTRIBUTES_H_

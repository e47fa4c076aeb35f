// The fields of a certificate that a CMS signature refers to, as they stand in its DER.
#ifndef ENKRAT_ADES_CERTIFICATE_FIELDS_H_
#define ENKRAT_ADES_CERTIFICATE_FIELDS_H_

#include "absl/status/statusor.h"
#include "common/bytes.h"

namespace enkrat::ades {

// Whole elements (identifier and length octets included) inside the octets they were read from,
// which outlive them (RFC 5280 4.1).
struct CertificateFields {
  ByteSpan serial_number;            // INTEGER
  ByteSpan issuer;                   // Name
  ByteSpan subject;                  // Name
  ByteSpan subject_public_key_info;  // SubjectPublicKeyInfo

  // Issuer and subject are the same name: a root, which a verifier has or refuses.
  bool IsSelfIssued() const { return issuer == subject; }
};

// kRequestMalformed if the octets do not have the outline of one certificate. Names, key and
// extensions are not looked into: a full parse costs more than everything else that making a
// signature does.
absl::StatusOr<CertificateFields> ReadCertificateFields(ByteSpan certificate_der);

}  // namespace enkrat::ades

#endif  // ENKRAT_ADES_CERTIFICATE_FIELDS_H_

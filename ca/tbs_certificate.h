// Lays out the TBSCertificate of a one-time certificate (RFC 5280 4.1.2, docs/conformity.md).
#ifndef ENKRAT_CA_TBS_CERTIFICATE_H_
#define ENKRAT_CA_TBS_CERTIFICATE_H_

#include "absl/time/time.h"
#include "common/bytes.h"

namespace enkrat::ca {

// What a TBSCertificate is made of; spans are not owned.
struct TbsFields {
  ByteSpan serial_number;  // big-endian magnitude
  ByteSpan signature_algorithm_der;
  ByteSpan issuer_der;  // Name
  absl::Time not_before;
  absl::Time not_after;
  ByteSpan subject_der;  // Name
  ByteSpan spki_der;
  ByteSpan issuer_key_identifier;
  ByteSpan subject_key_identifier;
  // Extensions, one behind the other; they follow the two key identifiers.
  ByteSpan profile_extensions_der;
  ByteSpan own_extensions_der{};
};

Bytes EncodeTbsCertificate(const TbsFields& fields);

// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }.
Bytes AssembleCertificate(ByteSpan tbs_der, ByteSpan signature_algorithm_der, ByteSpan signature);

}  // namespace enkrat::ca

#endif  // ENKRAT_CA_TBS_CERTIFICATE_H_

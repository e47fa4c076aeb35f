// Attributes of a CMS SignerInfo that signatures and timestamps lay out alike.
#ifndef ENKRAT_COMMON_CMS_ATTRIBUTE_H_
#define ENKRAT_COMMON_CMS_ATTRIBUTE_H_

#include "common/bytes.h"

namespace enkrat {

// Attribute with one value (RFC 5652 5.3): `type` as content octets (common/cms_oid.h).
Bytes CmsAttribute(ByteSpan type, ByteSpan value_der);

struct NamedCertificate {
  ByteSpan certificate_der;
  ByteSpan issuer_der;         // its Name
  ByteSpan serial_number_der;  // its INTEGER
};

// SigningCertificateV2 with one ESSCertIDv2 (RFC 5035 3 and 4, RFC 5816 2.2.1). Its hashAlgorithm
// is SHA-256, which is the DEFAULT and so absent in DER (X.690 11.5).
Bytes SigningCertificateV2(const NamedCertificate& certificate);

}  // namespace enkrat

#endif  // ENKRAT_COMMON_CMS_ATTRIBUTE_H_

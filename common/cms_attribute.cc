#include "common/cms_attribute.h"

#include "common/der_writer.h"
#include "common/digest.h"

namespace enkrat {

Bytes CmsAttribute(ByteSpan type, ByteSpan value_der) {
  return DerOf(der_tag::kSequence, {DerOid(type), DerOf(der_tag::kSet, {value_der})});
}

Bytes SigningCertificateV2(const NamedCertificate& certificate) {
  const Bytes hash = DerOf(der_tag::kOctetString, {Sha256(certificate.certificate_der)});
  const Bytes directory_name = DerOf(der_tag::Constructed(4), {certificate.issuer_der});
  const Bytes issuer = DerOf(der_tag::kSequence, {directory_name});
  const Bytes issuer_serial = DerOf(der_tag::kSequence, {issuer, certificate.serial_number_der});
  const Bytes certificate_id = DerOf(der_tag::kSequence, {hash, issuer_serial});
  return DerOf(der_tag::kSequence, {DerOf(der_tag::kSequence, {certificate_id})});
}

}  // namespace enkrat

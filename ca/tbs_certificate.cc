#include "ca/tbs_certificate.h"

#include "ca/extension.h"
#include "ca/object_identifiers.h"

namespace enkrat::ca {
namespace {

void WriteKeyIdentifiers(DerWriter& writer, const TbsFields& fields) {
  WriteExtension(writer, oid::kAuthorityKeyIdentifier, Criticality::kNonCritical, [&] {
    writer.Nested(der_tag::kSequence,
                  [&] { writer.Element(der_tag::Primitive(0), fields.issuer_key_identifier); });
  });
  WriteExtension(writer, oid::kSubjectKeyIdentifier, Criticality::kNonCritical,
                 [&] { writer.Element(der_tag::kOctetString, fields.subject_key_identifier); });
}

}  // namespace

Bytes EncodeTbsCertificate(const TbsFields& fields) {
  static constexpr uint8_t kVersion3[] = {2};
  DerWriter writer(1024);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Nested(der_tag::Constructed(0), [&] { writer.UnsignedInteger(kVersion3); });
    writer.UnsignedInteger(fields.serial_number);
    writer.Raw(fields.signature_algorithm_der);
    writer.Raw(fields.issuer_der);
    writer.Nested(der_tag::kSequence, [&] {
      writer.Time(fields.not_before);
      writer.Time(fields.not_after);
    });
    writer.Raw(fields.subject_der);
    writer.Raw(fields.spki_der);
    writer.Nested(der_tag::Constructed(3), [&] {
      writer.Nested(der_tag::kSequence, [&] {
        WriteKeyIdentifiers(writer, fields);
        writer.Raw(fields.profile_extensions_der);
        writer.Raw(fields.own_extensions_der);
      });
    });
  });
  return std::move(writer).Take();
}

Bytes AssembleCertificate(ByteSpan tbs_der, ByteSpan signature_algorithm_der, ByteSpan signature) {
  DerWriter writer(tbs_der.size() + signature_algorithm_der.size() + signature.size() + 16);
  writer.Nested(der_tag::kSequence, [&] {
    writer.Raw(tbs_der);
    writer.Raw(signature_algorithm_der);
    writer.BitString(signature);
  });
  return std::move(writer).Take();
}

}  // namespace enkrat::ca

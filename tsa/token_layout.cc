#include "tsa/token_layout.h"

#include <array>
#include <utility>
#include <vector>

#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_writer.h"

namespace enkrat::tsa {
namespace {

constexpr uint64_t kSignedDataVersion = 3;  // RFC 5652 5.1: eContentType is not id-data
constexpr uint64_t kSignerInfoVersion = 1;  // RFC 5652 5.3: issuerAndSerialNumber
constexpr uint8_t kExplicit0 = der_tag::Constructed(0);

// CertificateSet without the root, unless the unit is its own root.
Bytes Certificates(const std::vector<Bytes>& chain_der) {
  std::vector<Bytes> certificates = chain_der;
  if (certificates.size() > 1) certificates.pop_back();
  return DerSetOf(kExplicit0, std::move(certificates));
}

}  // namespace

TokenLayout::TokenLayout(const UnitCertificate& unit)
    : digest_algorithm_(DefaultDigest(unit.public_key.algorithm())),
      signer_id_(DerOf(der_tag::kSequence, {unit.issuer_der, unit.serial_number_der})),
      digest_identifier_(DerOf(der_tag::kSequence, {DerOid(DigestOidContent(digest_algorithm_))})),
      signature_identifier_(
          SignatureAlgorithmIdentifier(unit.public_key.algorithm(), digest_algorithm_)),
      content_type_(CmsAttribute(cms_oid::kContentType, DerOid(cms_oid::kTstInfo))),
      signing_certificate_(
          CmsAttribute(cms_oid::kSigningCertificateV2,
                       SigningCertificateV2({.certificate_der = unit.chain_der.front(),
                                             .issuer_der = unit.issuer_der,
                                             .serial_number_der = unit.serial_number_der}))),
      certificates_(Certificates(unit.chain_der)) {}

Bytes TokenLayout::SignedAttributes(ByteSpan tst_info_der) const {
  const Bytes digest = ComputeDigest(digest_algorithm_, tst_info_der);
  const Bytes message_digest =
      CmsAttribute(cms_oid::kMessageDigest, DerOf(der_tag::kOctetString, {digest}));
  return DerSetOf(der_tag::kSet, {content_type_, message_digest, signing_certificate_});
}

Bytes TokenLayout::Assemble(const Parts& parts) const {
  const Bytes content = DerOf(kExplicit0, {DerOf(der_tag::kOctetString, {parts.tst_info_der})});
  const Bytes encapsulated = DerOf(der_tag::kSequence, {DerOid(cms_oid::kTstInfo), content});
  Bytes attributes = ToBytes(parts.signed_attributes);
  attributes.front() = kExplicit0;  // [0] IMPLICIT in the message
  const Bytes signer_info =
      DerOf(der_tag::kSequence,
            {DerInteger(kSignerInfoVersion), signer_id_, digest_identifier_, attributes,
             signature_identifier_, DerOf(der_tag::kOctetString, {parts.signature})});
  const Bytes signed_data =
      DerOf(der_tag::kSequence,
            {DerInteger(kSignedDataVersion), DerOf(der_tag::kSet, {digest_identifier_}),
             encapsulated, parts.with_certificates ? ByteSpan(certificates_) : ByteSpan(),
             DerOf(der_tag::kSet, {signer_info})});
  return DerOf(der_tag::kSequence,
               {DerOid(cms_oid::kSignedData), DerOf(kExplicit0, {signed_data})});
}

std::optional<SignedParts> ReadSignedParts(ByteSpan token_der) {
  // Enters one element after another; every step is skipped once one has failed.
  bool intact = true;
  const auto enter = [&intact](DerReader& reader, uint8_t tag) {
    const std::optional<DerElement> element = intact ? reader.Take(tag) : std::nullopt;
    intact = element.has_value();
    return element ? element->content : ByteSpan();
  };
  DerReader outermost(token_der);
  DerReader content_info(enter(outermost, der_tag::kSequence));
  enter(content_info, der_tag::kObjectIdentifier);
  DerReader wrapped(enter(content_info, kExplicit0));
  DerReader signed_data(enter(wrapped, der_tag::kSequence));
  enter(signed_data, der_tag::kInteger);
  enter(signed_data, der_tag::kSet);
  DerReader encapsulated(enter(signed_data, der_tag::kSequence));
  enter(encapsulated, der_tag::kObjectIdentifier);
  DerReader content(enter(encapsulated, kExplicit0));
  const ByteSpan tst_info_der = enter(content, der_tag::kOctetString);
  if (signed_data.NextIs(kExplicit0)) enter(signed_data, kExplicit0);
  DerReader signer_infos(enter(signed_data, der_tag::kSet));
  DerReader signer_info(enter(signer_infos, der_tag::kSequence));
  enter(signer_info, der_tag::kInteger);
  enter(signer_info, der_tag::kSequence);
  enter(signer_info, der_tag::kSequence);
  const ByteSpan attributes = enter(signer_info, kExplicit0);
  enter(signer_info, der_tag::kSequence);
  const ByteSpan signature = enter(signer_info, der_tag::kOctetString);
  if (!intact || !outermost.AtEnd() || !signer_infos.AtEnd() || !signer_info.AtEnd()) {
    return std::nullopt;
  }
  return SignedParts{tst_info_der, attributes, signature};
}

std::optional<ByteSpan> MessageDigestOf(ByteSpan signed_attributes) {
  DerReader attributes(signed_attributes);
  std::optional<ByteSpan> found;
  while (!attributes.AtEnd()) {
    const std::optional<DerElement> attribute = attributes.Take(der_tag::kSequence);
    if (!attribute) return std::nullopt;
    DerReader fields(attribute->content);
    const std::optional<DerElement> type = fields.Take(der_tag::kObjectIdentifier);
    if (!type || type->content != ByteSpan(cms_oid::kMessageDigest)) continue;
    const std::optional<DerElement> values = fields.Take(der_tag::kSet);
    if (found || !values) return std::nullopt;
    found = OnlyElement(values->content, der_tag::kOctetString);
  }
  return found;
}

}  // namespace enkrat::tsa

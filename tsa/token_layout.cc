#include "tsa/token_layout.h"

#include <array>
#include <utility>
#include <vector>

#include "tsa/der_reader.h"
#include "tsa/der_writer.h"

namespace enkrat::tsa {
namespace {

// Content octets of object identifiers.
constexpr uint8_t kIdSignedData[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
constexpr uint8_t kIdTstInfo[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04};
constexpr uint8_t kIdContentType[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
constexpr uint8_t kIdMessageDigest[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
constexpr uint8_t kIdSigningCertificateV2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                               0x01, 0x09, 0x10, 0x02, 0x2f};

constexpr uint64_t kSignedDataVersion = 3;  // RFC 5652 5.1: eContentType is not id-data
constexpr uint64_t kSignerInfoVersion = 1;  // RFC 5652 5.3: issuerAndSerialNumber
constexpr uint8_t kExplicit0 = ContextConstructed(0);
constexpr uint8_t kDirectoryName = ContextConstructed(4);

Bytes Attribute(ByteSpan type, ByteSpan value_der) {
  return DerOf(kTagSequence, {DerOid(type), DerOf(kTagSet, {value_der})});
}

// ESSCertIDv2 with its hashAlgorithm left out: SHA-256 is the default (RFC 5816 2.2.1, RFC 5035 4).
Bytes SigningCertificateV2(const UnitCertificate& unit) {
  const Bytes hash = DerOf(kTagOctetString, {Sha256(unit.chain_der.front())});
  const Bytes issuer = DerOf(kTagSequence, {DerOf(kDirectoryName, {unit.issuer_der})});
  const Bytes issuer_serial = DerOf(kTagSequence, {issuer, unit.serial_number_der});
  const Bytes certificate_id = DerOf(kTagSequence, {hash, issuer_serial});
  return DerOf(kTagSequence, {DerOf(kTagSequence, {certificate_id})});
}

// CertificateSet without the root, unless the unit is its own root.
Bytes Certificates(const std::vector<Bytes>& chain_der) {
  std::vector<Bytes> certificates = chain_der;
  if (certificates.size() > 1) certificates.pop_back();
  return DerSetOf(kExplicit0, std::move(certificates));
}

}  // namespace

TokenLayout::TokenLayout(const UnitCertificate& unit)
    : digest_algorithm_(DefaultDigest(unit.public_key.algorithm())),
      signer_id_(DerOf(kTagSequence, {unit.issuer_der, unit.serial_number_der})),
      digest_identifier_(DerOf(kTagSequence, {DerOid(*OidContent(DigestOid(digest_algorithm_)))})),
      signature_identifier_(
          SignatureAlgorithmIdentifier(unit.public_key.algorithm(), digest_algorithm_)),
      content_type_(Attribute(kIdContentType, DerOid(kIdTstInfo))),
      signing_certificate_(Attribute(kIdSigningCertificateV2, SigningCertificateV2(unit))),
      certificates_(Certificates(unit.chain_der)) {}

Bytes TokenLayout::SignedAttributes(ByteSpan tst_info_der) const {
  const Bytes digest = ComputeDigest(digest_algorithm_, tst_info_der);
  const Bytes message_digest = Attribute(kIdMessageDigest, DerOf(kTagOctetString, {digest}));
  return DerSetOf(kTagSet, {content_type_, message_digest, signing_certificate_});
}

Bytes TokenLayout::Assemble(const Parts& parts) const {
  const Bytes content = DerOf(kExplicit0, {DerOf(kTagOctetString, {parts.tst_info_der})});
  const Bytes encapsulated = DerOf(kTagSequence, {DerOid(kIdTstInfo), content});
  Bytes attributes = ToBytes(parts.signed_attributes);
  attributes.front() = kExplicit0;  // [0] IMPLICIT in the message
  const Bytes signer_info = DerOf(
      kTagSequence, {DerInteger(kSignerInfoVersion), signer_id_, digest_identifier_, attributes,
                     signature_identifier_, DerOf(kTagOctetString, {parts.signature})});
  const Bytes signed_data = DerOf(
      kTagSequence, {DerInteger(kSignedDataVersion), DerOf(kTagSet, {digest_identifier_}),
                     encapsulated, parts.with_certificates ? ByteSpan(certificates_) : ByteSpan(),
                     DerOf(kTagSet, {signer_info})});
  return DerOf(kTagSequence, {DerOid(kIdSignedData), DerOf(kExplicit0, {signed_data})});
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
  DerReader content_info(enter(outermost, kTagSequence));
  enter(content_info, kTagOid);
  DerReader wrapped(enter(content_info, kExplicit0));
  DerReader signed_data(enter(wrapped, kTagSequence));
  enter(signed_data, kTagInteger);
  enter(signed_data, kTagSet);
  DerReader encapsulated(enter(signed_data, kTagSequence));
  enter(encapsulated, kTagOid);
  DerReader content(enter(encapsulated, kExplicit0));
  const ByteSpan tst_info_der = enter(content, kTagOctetString);
  if (signed_data.NextIs(kExplicit0)) enter(signed_data, kExplicit0);
  DerReader signer_infos(enter(signed_data, kTagSet));
  DerReader signer_info(enter(signer_infos, kTagSequence));
  enter(signer_info, kTagInteger);
  enter(signer_info, kTagSequence);
  enter(signer_info, kTagSequence);
  const ByteSpan attributes = enter(signer_info, kExplicit0);
  enter(signer_info, kTagSequence);
  const ByteSpan signature = enter(signer_info, kTagOctetString);
  if (!intact || !outermost.AtEnd() || !signer_infos.AtEnd() || !signer_info.AtEnd()) {
    return std::nullopt;
  }
  return SignedParts{tst_info_der, attributes, signature};
}

std::optional<ByteSpan> MessageDigestOf(ByteSpan signed_attributes) {
  DerReader attributes(signed_attributes);
  std::optional<ByteSpan> found;
  while (!attributes.AtEnd()) {
    const std::optional<DerElement> attribute = attributes.Take(kTagSequence);
    if (!attribute) return std::nullopt;
    DerReader fields(attribute->content);
    const std::optional<DerElement> type = fields.Take(kTagOid);
    if (!type || type->content != ByteSpan(kIdMessageDigest)) continue;
    const std::optional<DerElement> values = fields.Take(kTagSet);
    if (found || !values) return std::nullopt;
    found = OnlyElement(values->content, kTagOctetString);
  }
  return found;
}

}  // namespace enkrat::tsa

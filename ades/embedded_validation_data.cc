#include "ades/embedded_validation_data.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/der.h"
#include "common/der_reader.h"
#include "common/der_tag.h"
#include "common/der_writer.h"

namespace enkrat::ades {
namespace {

constexpr size_t kMostOfAKind = 64;

// id-ri-ocsp-response 1.3.6.1.5.5.7.16.2; id-pkix-ocsp-basic ...48.1.1 (RFC 6960 4.2.1).
constexpr uint8_t kOcspResponse[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02};
constexpr uint8_t kOcspBasic[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
// id-aa-ets-revocationValues 1.2.840.113549.1.9.16.2.24 (EN 319 122-1 A.1.2.2).
constexpr uint8_t kRevocationValues[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                         0x01, 0x09, 0x10, 0x02, 0x18};
constexpr uint8_t kEnumeratedZero[] = {0x0a, 0x01, 0x00};

constexpr char kAdobeRevocationInfo[] = "1.2.840.113583.1.1.8";

void Add(std::vector<Bytes>& kind, ByteSpan der) {
  if (kind.size() >= kMostOfAKind) return;
  for (const Bytes& known : kind) {
    if (ByteSpan(known) == der) return;
  }
  kind.push_back(ToBytes(der));
}

// Each SEQUENCE of a run of elements.
void AddSequences(std::vector<Bytes>& kind, ByteSpan elements) {
  DerReader cursor(elements);
  while (std::optional<DerElement> element = cursor.TakeAny()) {
    if (element->tag == der_tag::kSequence) Add(kind, element->whole);
  }
}

// OCSPResponse, successful, around a BasicOCSPResponse.
Bytes OcspResponseAround(ByteSpan basic_der) {
  const Bytes response =
      DerOf(der_tag::kSequence, {DerOid(kOcspBasic), DerOf(der_tag::kOctetString, {basic_der})});
  return DerOf(der_tag::kSequence,
               {kEnumeratedZero, DerOf(der_tag::Constructed(0), {ByteSpan(response)})});
}

void AddRevocationInfoChoices(ValidationData& data, ByteSpan elements) {
  DerReader cursor(elements);
  while (std::optional<DerElement> element = cursor.TakeAny()) {
    if (element->tag == der_tag::kSequence) Add(data.crls_der, element->whole);
    if (element->tag != der_tag::Constructed(1)) continue;
    DerReader other(element->content);
    const std::optional<DerElement> format = other.Take(der_tag::kObjectIdentifier);
    const std::optional<DerElement> response = other.Take(der_tag::kSequence);
    if (format.has_value() && response.has_value() && format->content == ByteSpan(kOcspResponse)) {
      Add(data.ocsp_responses_der, response->whole);
    }
  }
}

// SignedData's certificates [0] and crls [1] (RFC 5652 5.1).
void AddFromSignedData(ValidationData& data, ByteSpan cms_der) {
  const std::optional<ByteSpan> content_info = OnlyElement(cms_der, der_tag::kSequence);
  if (!content_info.has_value()) return;
  DerReader outer(*content_info);
  outer.Take(der_tag::kObjectIdentifier);
  const std::optional<DerElement> content = outer.Take(der_tag::Constructed(0));
  if (!content.has_value()) return;
  const std::optional<ByteSpan> signed_data = OnlyElement(content->content, der_tag::kSequence);
  if (!signed_data.has_value()) return;
  DerReader fields(*signed_data);
  fields.Take(der_tag::kInteger);
  fields.Take(der_tag::kSet);
  fields.Take(der_tag::kSequence);
  if (auto certificates = fields.Take(der_tag::Constructed(0))) {
    AddSequences(data.certificates_der, certificates->content);
  }
  if (auto crls = fields.Take(der_tag::Constructed(1))) {
    AddRevocationInfoChoices(data, crls->content);
  }
}

// The content of the attribute's only value, if that is a SEQUENCE.
std::optional<Bytes> SequenceContent(X509_ATTRIBUTE* attribute) {
  if (attribute == nullptr || X509_ATTRIBUTE_count(attribute) != 1) return std::nullopt;
  const absl::StatusOr<Bytes> value =
      EncodeDer<i2d_ASN1_TYPE>(X509_ATTRIBUTE_get0_type(attribute, 0));
  if (!value.ok()) return std::nullopt;
  const std::optional<ByteSpan> content = OnlyElement(*value, der_tag::kSequence);
  return content.has_value() ? std::optional(ToBytes(*content)) : std::nullopt;
}

X509_ATTRIBUTE* UnsignedAttribute(CMS_SignerInfo* signer, int nid) {
  const int at = CMS_unsigned_get_attr_by_NID(signer, nid, -1);
  return at < 0 ? nullptr : CMS_unsigned_get_attr(signer, at);
}

// The elements of the SEQUENCE OF inside the [number] EXPLICIT.
ByteSpan ListIn(ByteSpan fields, int number) {
  DerReader cursor(fields);
  while (std::optional<DerElement> field = cursor.TakeAny()) {
    if (field->tag != der_tag::Constructed(number)) continue;
    return OnlyElement(field->content, der_tag::kSequence).value_or(ByteSpan());
  }
  return {};
}

// The content of RevocationValues.
void AddRevocationValues(ValidationData& data, ByteSpan values) {
  AddSequences(data.crls_der, ListIn(values, 0));
  DerReader basic(ListIn(values, 1));
  while (std::optional<DerElement> response = basic.Take(der_tag::kSequence)) {
    Add(data.ocsp_responses_der, OcspResponseAround(response->whole));
  }
}

void AddFromOlderAttributes(ValidationData& data, CMS_SignerInfo* signer) {
  if (const auto list = SequenceContent(UnsignedAttribute(signer, NID_id_smime_aa_ets_certValues)))
    AddSequences(data.certificates_der, *list);
  if (const auto values =
          SequenceContent(UnsignedAttribute(signer, NID_id_smime_aa_ets_revocationValues))) {
    AddRevocationValues(data, *values);
  }
  Asn1ObjectPtr adobe(OBJ_txt2obj(kAdobeRevocationInfo, /*no_name=*/1));
  const int at = CMS_signed_get_attr_by_OBJ(signer, adobe.get(), -1);
  if (at < 0) return;
  if (const auto values = SequenceContent(CMS_signed_get_attr(signer, at))) {
    AddSequences(data.crls_der, ListIn(*values, 0));
    AddSequences(data.ocsp_responses_der, ListIn(*values, 1));
  }
}

}  // namespace

ValidationData EmbeddedValidationData(const SignedMessage& message) {
  ValidationData data;
  if (const absl::StatusOr<Bytes> der = message.Der(); der.ok()) AddFromSignedData(data, *der);
  AddFromOlderAttributes(data, message.signer());
  DrainOpenSslErrors();
  return data;
}

ValidationData RevocationDataIn(ByteSpan revocation_info_choice) {
  ValidationData data;
  AddRevocationInfoChoices(data, revocation_info_choice);
  return data;
}

ValidationData RevocationValuesIn(const AttributeLayout& attribute, ByteSpan value) {
  ValidationData data;
  if (!attribute.IsOf(kRevocationValues)) return data;
  const std::optional<ByteSpan> values = OnlyElement(value, der_tag::kSequence);
  if (values.has_value()) AddRevocationValues(data, *values);
  return data;
}

void Merge(ValidationData& data, const ValidationData& more) {
  const auto merge = [](std::vector<Bytes>& into, const std::vector<Bytes>& from) {
    for (const Bytes& der : from) {
      if (std::find(into.begin(), into.end(), der) == into.end()) into.push_back(der);
    }
  };
  merge(data.certificates_der, more.certificates_der);
  merge(data.crls_der, more.crls_der);
  merge(data.ocsp_responses_der, more.ocsp_responses_der);
}

}  // namespace enkrat::ades

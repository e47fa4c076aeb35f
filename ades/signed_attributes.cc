#include "ades/signed_attributes.h"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "ades/certificate_fields.h"
#include "ades/cms_oids.h"
#include "ades/der_element.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

Bytes Attribute(ByteSpan oid, ByteSpan value) {
  return DerElement(kDerSequence, {oid, DerElement(kDerSet, {value})});
}

// SigningCertificateV2 with one ESSCertIDv2 (RFC 5035 3 and 4). Its hashAlgorithm is SHA-256, which
// is the DEFAULT and so absent in DER (X.690 11.5).
Bytes SigningCertificateV2(ByteSpan certificate_der, const CertificateFields& fields) {
  const Bytes directory_name = DerElement(DerContextTag(4), {fields.issuer});
  const Bytes issuer_serial =
      DerElement(kDerSequence, {DerElement(kDerSequence, {directory_name}), fields.serial_number});
  const Bytes ess_cert_id = DerElement(
      kDerSequence, {DerElement(kDerOctetString, {Sha256(certificate_der)}), issuer_serial});
  return DerElement(kDerSequence, {DerElement(kDerSequence, {ess_cert_id})});
}

}  // namespace

absl::StatusOr<Bytes> DerTime(absl::Time time) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  if (civil.year() < 1950 || civil.year() > 9999) {
    return MakeError(Reason::kRequestMalformed, "the signing time is outside the years 1950-9999");
  }
  const bool short_year = civil.year() < 2050;
  std::array<char, 32> text;
  const int year = static_cast<int>(civil.year());
  const int length =
      std::snprintf(text.data(), text.size(), "%0*d%02d%02d%02d%02d%02dZ", short_year ? 2 : 4,
                    short_year ? year % 100 : year, civil.month(), civil.day(), civil.hour(),
                    civil.minute(), civil.second());
  return DerElement(short_year ? kDerUtcTime : kDerGeneralizedTime,
                    {AsSpan(absl::string_view(text.data(), static_cast<size_t>(length)))});
}

absl::StatusOr<Bytes> LaySignedAttributes(const SignedAttributesContent& content) {
  ENKRAT_ASSIGN_OR_RETURN(const CertificateFields fields,
                          ReadCertificateFields(content.signer_certificate_der));
  ENKRAT_ASSIGN_OR_RETURN(const Bytes signing_time, DerTime(content.signing_time));
  std::vector<Bytes> attributes;
  attributes.push_back(Attribute(kOidContentType, kOidData));
  attributes.push_back(
      Attribute(kOidMessageDigest, DerElement(kDerOctetString, {content.document_digest})));
  attributes.push_back(Attribute(kOidSigningTime, signing_time));
  attributes.push_back(Attribute(kOidSigningCertificateV2,
                                 SigningCertificateV2(content.signer_certificate_der, fields)));
  return DerSetOf(kDerSet, std::move(attributes));
}

}  // namespace enkrat::ades

#include "ades/signed_attributes.h"

#include <utility>
#include <vector>

#include "ades/certificate_fields.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der_writer.h"
#include "common/digest.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {

absl::StatusOr<Bytes> DerTime(absl::Time time) {
  const absl::CivilYear year = absl::ToCivilYear(time, absl::UTCTimeZone());
  if (year < absl::CivilYear(1950) || year > absl::CivilYear(9999)) {
    return MakeError(Reason::kRequestMalformed, "the signing time is outside the years 1950-9999");
  }
  DerWriter writer;
  writer.Time(time);
  return std::move(writer).Take();
}

absl::StatusOr<Bytes> LaySignedAttributes(const SignedAttributesContent& content) {
  ENKRAT_ASSIGN_OR_RETURN(const CertificateFields fields,
                          ReadCertificateFields(content.signer_certificate_der));
  std::vector<Bytes> attributes;
  attributes.push_back(CmsAttribute(cms_oid::kContentType, DerOid(cms_oid::kData)));
  attributes.push_back(CmsAttribute(cms_oid::kMessageDigest,
                                    DerOf(der_tag::kOctetString, {content.document_digest})));
  if (content.signing_time.has_value()) {
    ENKRAT_ASSIGN_OR_RETURN(const Bytes signing_time, DerTime(*content.signing_time));
    attributes.push_back(CmsAttribute(cms_oid::kSigningTime, signing_time));
  }
  attributes.push_back(
      CmsAttribute(cms_oid::kSigningCertificateV2,
                   SigningCertificateV2({.certificate_der = content.signer_certificate_der,
                                         .issuer_der = fields.issuer,
                                         .serial_number_der = fields.serial_number})));
  return DerSetOf(der_tag::kSet, std::move(attributes));
}

}  // namespace enkrat::ades

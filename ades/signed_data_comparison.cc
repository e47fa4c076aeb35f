#include "ades/signed_data_comparison.h"

#include <optional>

#include "ades/der_element.h"
#include "common/der.h"
#include "common/reason.h"

namespace enkrat::ades {
namespace {

absl::Status Differs(absl::string_view part) {
  return MakeError(Reason::kSignatureSelfCheckFailed,
                   "the finished CMS was read back with another " + std::string(part));
}

// Attributes one by one, since OpenSSL does not give out the SET OF.
bool SameAttributes(CMS_SignerInfo* signer, ByteSpan signed_attributes_der) {
  const std::optional<DerView> set = DerCursor(signed_attributes_der).Next(kDerSet);
  if (!set.has_value()) return false;
  Bytes read;
  for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
    const absl::StatusOr<Bytes> attribute =
        EncodeDer<i2d_X509_ATTRIBUTE>(CMS_signed_get_attr(signer, i));
    if (!attribute.ok()) return false;
    Append(read, *attribute);
  }
  return ByteSpan(read) == set->content;
}

size_t CertificateCount(CMS_ContentInfo* cms) {
  STACK_OF(X509)* certificates = CMS_get1_certs(cms);
  const size_t count = static_cast<size_t>(sk_X509_num(certificates));
  sk_X509_pop_free(certificates, X509_free);
  return count;
}

}  // namespace

absl::Status CheckSignedData(ByteSpan content_info_der, const ExpectedSignedData& expected) {
  absl::StatusOr<CmsPtr> cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(content_info_der);
  if (!cms.ok()) return Differs("syntax");
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms->get());
  if (sk_CMS_SignerInfo_num(signers) != 1) return Differs("number of signers");
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  if (!SameAttributes(signer, expected.signed_attributes_der)) return Differs("signed attribute");
  const ASN1_OCTET_STRING* value = CMS_SignerInfo_get0_signature(signer);
  if (ByteSpan(ASN1_STRING_get0_data(value), static_cast<size_t>(ASN1_STRING_length(value))) !=
      expected.signature_value) {
    return Differs("signature value");
  }
  if (CertificateCount(cms->get()) != expected.certificate_count) return Differs("certificate");
  if (CMS_unsigned_get_attr_count(signer) !=
      (expected.unsigned_attribute_count == 0
           ? -1
           : static_cast<int>(expected.unsigned_attribute_count))) {
    return Differs("unsigned attribute");
  }
  return absl::OkStatus();
}

}  // namespace enkrat::ades

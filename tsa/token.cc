#include "tsa/token.h"

#include <openssl/cms.h>

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "common/der.h"
#include "common/object_identifier.h"
#include "common/status_macros.h"
#include "tsa/timestamp_request.h"
#include "tsa/tst_info.h"

namespace enkrat::tsa {
namespace {

constexpr int kMaxCertificates = 16;

struct FreeCertificates {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

absl::Status Malformed(absl::string_view why) { return MakeError(Reason::kRequestMalformed, why); }

absl::StatusOr<CmsPtr> OpenEnvelope(ByteSpan token_der) {
  if (token_der.size() > kMaxTokenSize) return Malformed("the token is too long");
  ENKRAT_ASSIGN_OR_RETURN(CmsPtr cms, (DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(token_der)));
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return Malformed("the token is no SignedData");
  }
  if (OBJ_obj2nid(CMS_get0_eContentType(cms.get())) != NID_id_smime_ct_TSTInfo) {
    return Malformed("the token's content is no TSTInfo");
  }
  if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get())) != 1) {
    return Malformed("the token has not exactly one signer");
  }
  return cms;
}

absl::StatusOr<TstInfo> ReadInfo(CMS_ContentInfo* cms) {
  ASN1_OCTET_STRING** content = CMS_get0_content(cms);
  if (content == nullptr || *content == nullptr) return Malformed("the token has no content");
  const ByteSpan octets(ASN1_STRING_get0_data(*content),
                        static_cast<size_t>(ASN1_STRING_length(*content)));
  std::optional<TstInfo> info = ParseTstInfo(octets);
  if (!info) return Malformed("the token's TSTInfo cannot be read");
  return *std::move(info);
}

absl::Status ReadCertificates(CMS_ContentInfo* cms, Token& token) {
  std::unique_ptr<STACK_OF(X509), FreeCertificates> certificates(CMS_get1_certs(cms));
  const int count = certificates == nullptr ? 0 : sk_X509_num(certificates.get());
  if (count > kMaxCertificates) return Malformed("the token has too many certificates");
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
  for (int i = 0; i < count; ++i) {
    X509* certificate = sk_X509_value(certificates.get(), i);
    ENKRAT_ASSIGN_OR_RETURN(Bytes der, EncodeDer<i2d_X509>(certificate));
    if (CMS_SignerInfo_cert_cmp(signer, certificate) == 0) token.signer_certificate_der = der;
    token.certificates_der.push_back(std::move(der));
  }
  return absl::OkStatus();
}

// Without the octet that only keeps an INTEGER positive.
std::string SerialText(ByteSpan serial_number) {
  if (serial_number.size() > 1 && serial_number[0] == 0) serial_number.remove_prefix(1);
  return ToHex(serial_number);
}

}  // namespace

absl::StatusOr<OpenedToken> OpenToken(ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(CmsPtr cms, OpenEnvelope(token_der));
  ENKRAT_ASSIGN_OR_RETURN(TstInfo info, ReadInfo(cms.get()));
  auto imprint = ParseImprint(info.imprint_der);
  if (std::holds_alternative<FailureInfo>(imprint)) {
    return Malformed("the token's imprint is not of SHA-256, SHA-384 or SHA-512");
  }
  OpenedToken opened{.token = {.gen_time = info.gen_time,
                               .accuracy = info.accuracy,
                               .serial_number = SerialText(info.serial_number),
                               .policy_oid = DottedOid(info.policy),
                               .imprint = std::get<MessageImprint>(std::move(imprint)),
                               .nonce = std::move(info.nonce),
                               .certificates_der = {},
                               .signer_certificate_der = {}},
                     .cms = std::move(cms)};
  if (opened.token.policy_oid.empty()) return Malformed("the token's policy is no OID");
  ENKRAT_RETURN_IF_ERROR(ReadCertificates(opened.cms.get(), opened.token));
  return opened;
}

absl::StatusOr<Token> ParseToken(ByteSpan token_der) {
  ENKRAT_ASSIGN_OR_RETURN(OpenedToken opened, OpenToken(token_der));
  return std::move(opened.token);
}

}  // namespace enkrat::tsa

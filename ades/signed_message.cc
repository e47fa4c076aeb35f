#include "ades/signed_message.h"

#include <utility>

#include "ades/signing_certificate.h"
#include "common/der.h"
#include "common/reason.h"
#include "common/status_macros.h"

namespace enkrat::ades {
namespace {

constexpr int kMostSigners = 16;
constexpr size_t kMostCertificates = 64;

ByteSpan OctetsOf(const ASN1_OCTET_STRING* string) {
  return ByteSpan(ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string)));
}

std::vector<X509Ptr> CertificatesOf(CMS_ContentInfo* cms) {
  std::vector<X509Ptr> certificates;
  STACK_OF(X509)* stack = CMS_get1_certs(cms);
  for (int i = 0; i < sk_X509_num(stack); ++i) certificates.emplace_back(sk_X509_value(stack, i));
  sk_X509_free(stack);
  return certificates;
}

}  // namespace

absl::StatusOr<SignedMessage> SignedMessage::Parse(ByteSpan content_info_der) {
  ENKRAT_ASSIGN_OR_RETURN(CmsPtr cms, (DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(content_info_der)));
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return MakeError(Reason::kRequestMalformed, "a CMS, but not a SignedData");
  }
  SignedMessage message(std::move(cms));
  if (message.signer_count() < 1 || message.signer_count() > kMostSigners) {
    return MakeError(Reason::kRequestMalformed, "a SignedData without signers, or with too many");
  }
  message.certificates_ = CertificatesOf(message.cms_.get());
  if (message.certificates_.size() > kMostCertificates) {
    return MakeError(Reason::kLimitExceeded, "more than 64 certificates in a signature");
  }
  message.signer_certificate_ = message.FindSignerCertificate();
  return message;
}

void SignedMessage::SelectSigner(int index) {
  signer_index_ = index;
  signer_certificate_ = FindSignerCertificate();
}

X509* SignedMessage::FindSignerCertificate() const {
  X509* found = nullptr;
  for (const X509Ptr& certificate : certificates_) {
    if (CMS_SignerInfo_cert_cmp(signer(), certificate.get()) != 0) continue;
    if (CheckSigningCertificate(signer(), certificate.get()).passed) return certificate.get();
    if (found == nullptr) found = certificate.get();
  }
  return found;
}

std::vector<X509*> SignedMessage::certificates() const {
  std::vector<X509*> certificates;
  for (const X509Ptr& certificate : certificates_) certificates.push_back(certificate.get());
  return certificates;
}

std::optional<ByteSpan> SignedMessage::content() const {
  ASN1_OCTET_STRING** content = CMS_get0_content(cms_.get());
  if (content == nullptr || *content == nullptr) return std::nullopt;
  return OctetsOf(*content);
}

std::optional<DigestAlgorithm> SignedMessage::digest_algorithm() const {
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(signer(), nullptr, nullptr, &digest, nullptr);
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, digest);
  return DigestFromNid(OBJ_obj2nid(oid));
}

ByteSpan SignedMessage::signature_value() const {
  return OctetsOf(CMS_SignerInfo_get0_signature(signer()));
}

std::vector<Bytes> SignedMessage::UnsignedValues(const ASN1_OBJECT* type) const {
  std::vector<Bytes> values;
  const int count = CMS_unsigned_get_attr_count(signer());
  for (int i = 0; i < count; ++i) {
    X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(signer(), i);
    if (OBJ_cmp(X509_ATTRIBUTE_get0_object(attribute), type) != 0) continue;
    for (int v = 0; v < X509_ATTRIBUTE_count(attribute); ++v) {
      values.push_back(
          EncodeDer<i2d_ASN1_TYPE>(X509_ATTRIBUTE_get0_type(attribute, v)).value_or(Bytes{}));
    }
  }
  DrainOpenSslErrors();
  return values;
}

absl::StatusOr<Bytes> SignedMessage::Der() const {
  return EncodeDer<i2d_CMS_ContentInfo>(cms_.get());
}

}  // namespace enkrat::ades

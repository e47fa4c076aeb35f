#include "tests/unit/ades/openssl_signature_maker.h"

#include <cstdlib>

#include "common/der.h"

namespace enkrat::ades::testing {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void AddSigningTime(CMS_SignerInfo* signer) {
  Asn1TimePtr time(ASN1_TIME_set(nullptr, absl::ToTimeT(TestNow())));
  Require(CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) ==
          1);
}

}  // namespace

Bytes MakeOpenSslSignature(const OpenSslSignatureRequest& request) {
  unsigned int flags = CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | request.more_flags;
  if (request.detached) flags |= CMS_DETACHED;
  CmsPtr cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  Require(cms != nullptr);
  Asn1ObjectPtr type(OBJ_dup(OBJ_nid2obj(request.content_type_nid)));
  Require(CMS_set1_eContentType(cms.get(), type.get()) == 1);
  for (const Identity* identity : request.signers) {
    const X509Ptr certificate = identity->Certificate();
    CMS_SignerInfo* signer = CMS_add1_signer(
        cms.get(), certificate.get(), identity->key->evp_pkey(),
        EVP_get_digestbyname(request.digest), flags | (request.with_ess ? CMS_CADES : 0u));
    Require(signer != nullptr);
    if (request.with_signing_time && (request.more_flags & CMS_NOATTR) == 0) AddSigningTime(signer);
    if (request.change != nullptr) request.change(signer);
  }
  for (const Identity* identity : request.more_certificates) {
    const X509Ptr certificate = identity->Certificate();
    Require(CMS_add1_cert(cms.get(), certificate.get()) == 1);
  }
  BioPtr content(BIO_new_mem_buf(request.content.data(), static_cast<int>(request.content.size())));
  Require(CMS_final(cms.get(), content.get(), nullptr, flags) == 1);
  return EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value();
}

Bytes WithMoreTimestamp(const Bytes& signature, const Bytes& token) {
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  Require(CMS_unsigned_add1_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE,
                                        token.data(), static_cast<int>(token.size())) == 1);
  return EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value();
}

Bytes TstInfoOf(const Bytes& token) {
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(token).value();
  const ASN1_OCTET_STRING* content = *CMS_get0_content(cms.get());
  return Bytes(content->data, content->data + content->length);
}

Bytes WrapTstInfo(const Bytes& tst_info, const OpenSslSignatureRequest& request) {
  OpenSslSignatureRequest wrapped = request;
  wrapped.content = ToString(tst_info);
  wrapped.content_type_nid = NID_id_smime_ct_TSTInfo;
  wrapped.detached = false;
  return MakeOpenSslSignature(wrapped);
}

}  // namespace enkrat::ades::testing

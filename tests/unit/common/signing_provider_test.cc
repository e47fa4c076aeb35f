// OpenSSL's own builders sign with a key that they never see, and say why when it fails.
#include "common/signing_provider.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "common/der.h"
#include "tests/support/software_signing_key.h"
#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::SoftwareSigningKey;

class SigningProviderTest : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(provider_, SigningProvider::Create());
    key_ = SoftwareSigningKey::Generate(GetParam());
  }

  const EVP_MD* Digest() const { return DigestMethod(DefaultDigest(GetParam())); }

  X509Ptr UnsignedCertificate() {
    X509Ptr certificate(X509_new_ex(provider_->context(), nullptr));
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key_->public_key().evp_pkey());
    return certificate;
  }

  std::unique_ptr<SigningProvider> provider_;
  std::unique_ptr<SoftwareSigningKey> key_;
};

TEST_P(SigningProviderTest, CertificateSignedThroughTheProviderVerifies) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  X509Ptr certificate = UnsignedCertificate();
  ASSERT_GT(X509_sign(certificate.get(), pkey.get(), Digest()), 0) << pkey.Failure("sign");
  EXPECT_EQ(key_->signatures(), 1);
  ASSERT_OK_AND_ASSIGN(Bytes der, EncodeDer<i2d_X509>(certificate.get()));
  ASSERT_OK_AND_ASSIGN(X509Ptr parsed, ParseCertificate(der));
  EXPECT_EQ(X509_verify(parsed.get(), key_->public_key().evp_pkey()), 1);
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, parsed.get());
  ASSERT_OK_AND_ASSIGN(Bytes identifier, EncodeDer<i2d_X509_ALGOR>(algorithm));
  EXPECT_EQ(identifier, SignatureAlgorithmIdentifier(GetParam(), DefaultDigest(GetParam())));
}

TEST_P(SigningProviderTest, CertificateRequestSignedThroughTheProviderVerifies) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  X509ReqPtr request(X509_REQ_new_ex(provider_->context(), nullptr));
  X509_REQ_set_pubkey(request.get(), key_->public_key().evp_pkey());
  ASSERT_GT(X509_REQ_sign(request.get(), pkey.get(), Digest()), 0) << pkey.Failure("sign");
  EXPECT_EQ(X509_REQ_verify(request.get(), key_->public_key().evp_pkey()), 1);
}

TEST_P(SigningProviderTest, CrlSignedThroughTheProviderVerifies) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  X509CrlPtr crl(X509_CRL_new_ex(provider_->context(), nullptr));
  Asn1TimePtr now(X509_gmtime_adj(nullptr, 0));
  X509_CRL_set1_lastUpdate(crl.get(), now.get());
  ASSERT_GT(X509_CRL_sign(crl.get(), pkey.get(), Digest()), 0) << pkey.Failure("sign");
  EXPECT_EQ(X509_CRL_verify(crl.get(), key_->public_key().evp_pkey()), 1);
}

TEST_P(SigningProviderTest, CmsSignedThroughTheProviderVerifiesAfterReparsing) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  X509Ptr certificate = UnsignedCertificate();
  ASSERT_GT(X509_sign(certificate.get(), pkey.get(), Digest()), 0);
  BioPtr content(BIO_new_mem_buf("document", -1));
  CmsPtr cms(CMS_sign_ex(nullptr, nullptr, nullptr, content.get(),
                         CMS_PARTIAL | CMS_BINARY | CMS_DETACHED, provider_->context(), nullptr));
  unsigned int flags = CMS_BINARY | CMS_CADES;
  if (!IsEcdsa(GetParam())) flags |= CMS_KEY_PARAM;
  CMS_SignerInfo* signer =
      CMS_add1_signer(cms.get(), certificate.get(), pkey.get(), Digest(), flags);
  ASSERT_NE(signer, nullptr) << pkey.Failure("add the signer");
  if (!IsEcdsa(GetParam())) {
    ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(signer), 6), 1);
  }
  ASSERT_EQ(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY | CMS_DETACHED), 1)
      << pkey.Failure("finish the CMS");
  ASSERT_OK_AND_ASSIGN(Bytes der, EncodeDer<i2d_CMS_ContentInfo>(cms.get()));
  ASSERT_OK_AND_ASSIGN(CmsPtr parsed, (DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(der)));
  BioPtr again(BIO_new_mem_buf("document", -1));
  EXPECT_EQ(CMS_verify(parsed.get(), nullptr, nullptr, again.get(), nullptr,
                       CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
            1)
      << OpenSslError(Reason::kInternal, "verify");
}

TEST_P(SigningProviderTest, FailureOfTheKeyKeepsItsReason) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  key_->FailWith(MakeError(Reason::kHsmUnavailable, "the token is gone"));
  X509Ptr certificate = UnsignedCertificate();
  EXPECT_LE(X509_sign(certificate.get(), pkey.get(), Digest()), 0);
  EXPECT_THAT(pkey.Failure("sign a certificate"), FailsWith(Reason::kHsmUnavailable));
}

TEST_P(SigningProviderTest, PkeyMatchesTheCertificateOfItsPublicKeyOnly) {
  ASSERT_OK_AND_ASSIGN(BoundPkey pkey, BoundPkey::Bind(*provider_, *key_));
  X509Ptr certificate = UnsignedCertificate();
  EXPECT_EQ(X509_check_private_key(certificate.get(), pkey.get()), 1);
  auto other = SoftwareSigningKey::Generate(KeyAlgorithm::kEcdsaP256);
  X509_set_pubkey(certificate.get(), other->public_key().evp_pkey());
  EXPECT_NE(X509_check_private_key(certificate.get(), pkey.get()), 1);
  DrainOpenSslErrors();
}

INSTANTIATE_TEST_SUITE_P(Algorithms, SigningProviderTest,
                         ::testing::Values(KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384,
                                           KeyAlgorithm::kRsaPss3072),
                         [](const auto& suite) {
                           std::string name(KeyAlgorithmName(suite.param));
                           std::erase(name, '-');
                           return name;
                         });

TEST(SigningProviderIsolationTest, OtherUsersOfOpenSslNeverReachTheProvider) {
  ASSERT_OK_AND_ASSIGN(auto provider, SigningProvider::Create());
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", "provider=enkrat-signing"));
  EXPECT_EQ(context, nullptr);
  DrainOpenSslErrors();
}

}  // namespace
}  // namespace enkrat

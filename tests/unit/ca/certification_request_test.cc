// PKCS#10: the request to an outside CA, and what is taken from the requests of others.
#include "ca/certification_request.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "ca/authority_certificate.h"
#include "common/der.h"
#include "common/reason.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ca/software_authority.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::SoftwareAuthority;
using ::enkrat::testing::SoftwareSigningKey;
using ::testing::HasSubstr;

// Of whoever made the request: OpenSSL, not the code under test.
Bytes RequestSignedBy(EVP_PKEY* key, const EVP_MD* digest) {
  const X509ReqPtr request(X509_REQ_new());
  X509_NAME* name = X509_REQ_get_subject_name(request.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("Root of the world"), -1, -1,
                             0);
  X509_REQ_set_pubkey(request.get(), key);
  X509_REQ_sign(request.get(), key, digest);
  return EncodeDer<i2d_X509_REQ>(request.get()).value();
}

Bytes ToPem(ByteSpan der) {
  const X509ReqPtr request = DecodeDer<X509ReqPtr, d2i_X509_REQ>(der).value();
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return ToBytes(absl::string_view(text, static_cast<size_t>(size)));
}

class CertificationRequestTest : public ::testing::Test {
 protected:
  SoftwareAuthority authority_;
  std::unique_ptr<SoftwareSigningKey> key_ = SoftwareSigningKey::Generate();
  AuthorityName name_ = authority_.Request(AuthorityRole::kIssuingCa, key_->public_key()).subject;
  EvpPkeyPtr p256_{EVP_EC_gen("P-256")};
};

TEST_F(CertificationRequestTest, RequestForAnOutsideCaAsksForACa) {
  ASSERT_OK_AND_ASSIGN(const Bytes der,
                       MakeCertificationRequest(name_, *key_, *authority_.provider));
  ASSERT_OK_AND_ASSIGN(const X509ReqPtr request, (DecodeDer<X509ReqPtr, d2i_X509_REQ>(der)));
  EXPECT_EQ(X509_REQ_verify(request.get(), key_->public_key().evp_pkey()), 1);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_REQ_print_ex(bio.get(), request.get(), XN_FLAG_RFC2253, 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  const std::string printed(text, static_cast<size_t>(size));
  EXPECT_THAT(printed, HasSubstr("CN=Test Issuing CA"));
  EXPECT_THAT(printed, HasSubstr("CA:TRUE, pathlen:0"));
  EXPECT_THAT(printed, HasSubstr("Certificate Sign, CRL Sign"));
}

TEST_F(CertificationRequestTest, RequestWithABadNameOrAFailingKeyIsNotMade) {
  key_->FailWith(MakeError(Reason::kHsmUnavailable, "gone"));
  EXPECT_THAT(MakeCertificationRequest(name_, *key_, *authority_.provider),
              FailsWith(Reason::kHsmUnavailable));
  name_.country = "Slovenia";
  EXPECT_THAT(MakeCertificationRequest(name_, *key_, *authority_.provider),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(CertificationRequestTest, KeyOfAGoodRequestIsTaken) {
  const Bytes der = RequestSignedBy(p256_.get(), EVP_sha256());
  const Bytes spki = EncodeDer<i2d_PUBKEY>(p256_.get()).value();
  ASSERT_OK_AND_ASSIGN(const PublicKey from_der, KeyOfCertificationRequest(der));
  EXPECT_EQ(from_der.spki_der(), spki);
  ASSERT_OK_AND_ASSIGN(const PublicKey from_pem, KeyOfCertificationRequest(ToPem(der)));
  EXPECT_EQ(from_pem.spki_der(), spki);
}

TEST_F(CertificationRequestTest, OwnRequestIsReadBack) {
  ASSERT_OK_AND_ASSIGN(const Bytes der,
                       MakeCertificationRequest(name_, *key_, *authority_.provider));
  ASSERT_OK_AND_ASSIGN(const PublicKey key, KeyOfCertificationRequest(der));
  EXPECT_EQ(key.spki_der(), key_->public_key().spki_der());
}

TEST_F(CertificationRequestTest, AnyFlippedOctetIsRefused) {
  const Bytes der = RequestSignedBy(p256_.get(), EVP_sha256());
  for (size_t i = 0; i < der.size(); ++i) {
    Bytes spoilt = der;
    spoilt[i] ^= 1;
    EXPECT_THAT(KeyOfCertificationRequest(spoilt), FailsWith(Reason::kRequestMalformed)) << i;
  }
}

TEST_F(CertificationRequestTest, RequestForTheKeyOfAnotherIsRefused) {
  const EvpPkeyPtr other(EVP_EC_gen("P-256"));
  const X509ReqPtr request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), other.get());
  X509_REQ_sign(request.get(), p256_.get(), EVP_sha256());
  EXPECT_THAT(KeyOfCertificationRequest(EncodeDer<i2d_X509_REQ>(request.get()).value()),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(CertificationRequestTest, Sha1IsRefused) {
  EXPECT_THAT(KeyOfCertificationRequest(RequestSignedBy(p256_.get(), EVP_sha1())),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(CertificationRequestTest, KeysThatAreNotAllowedAreRefused) {
  const EvpPkeyPtr rsa2048(EVP_RSA_gen(2048));
  const EvpPkeyPtr p521(EVP_EC_gen("P-521"));
  const EvpPkeyPtr secp256k1(EVP_EC_gen("secp256k1"));
  for (EVP_PKEY* key : {rsa2048.get(), p521.get(), secp256k1.get()}) {
    EXPECT_THAT(KeyOfCertificationRequest(RequestSignedBy(key, EVP_sha256())),
                FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(CertificationRequestTest, OtherVersionIsRefused) {
  const X509ReqPtr request(X509_REQ_new());
  X509_REQ_set_version(request.get(), 1);
  X509_REQ_set_pubkey(request.get(), p256_.get());
  X509_REQ_sign(request.get(), p256_.get(), EVP_sha256());
  EXPECT_THAT(KeyOfCertificationRequest(EncodeDer<i2d_X509_REQ>(request.get()).value()),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(CertificationRequestTest, WhatIsNotOneRequestIsRefused) {
  const Bytes der = RequestSignedBy(p256_.get(), EVP_sha256());
  Bytes longer = der;
  longer.push_back(0);
  Bytes two = ToPem(der);
  Append(two, ToPem(der));
  const std::vector<Bytes> others = {
      {},
      longer,
      two,
      Bytes(65537, 0x30),
      ToBytes("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"),
      authority_.root_der};
  for (const Bytes& each : others) {
    EXPECT_THAT(KeyOfCertificationRequest(each), FailsWith(Reason::kRequestMalformed));
  }
}

}  // namespace
}  // namespace enkrat::ca

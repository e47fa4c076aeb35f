#include "cli/pem.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "tests/support/status_matchers.h"
#include "tests/unit/cli/certificates.h"

namespace enkrat::cli {
namespace {

using testing::FailsWith;

class PemTest : public ::testing::Test {
 protected:
  const std::unique_ptr<testing::SoftwareSigningKey> key_ = testing::SoftwareSigningKey::Generate();
  const Bytes first_ = DerOf(SelfSigned(*key_, "First").get());
  const Bytes second_ = DerOf(SelfSigned(*key_, "\xC5\xBDiga").get());
};

TEST_F(PemTest, CertificatesComeBackInOrder) {
  ASSERT_OK_AND_ASSIGN(const std::string pem, CertificatesToPem({first_, second_}));
  ASSERT_OK_AND_ASSIGN(const std::vector<Bytes> back, CertificatesFromPem(AsSpan(pem)));
  EXPECT_EQ(back, (std::vector<Bytes>{first_, second_}));
}

TEST_F(PemTest, TextAroundTheBlocksIsSkipped) {
  ASSERT_OK_AND_ASSIGN(const std::string pem, CertificatesToPem({first_}));
  ASSERT_OK_AND_ASSIGN(const std::vector<Bytes> back,
                       CertificatesFromPem(AsSpan("subject: x\n" + pem + "the end\n")));
  EXPECT_EQ(back.size(), 1u);
}

TEST_F(PemTest, TextWithoutCertificateIsRejected) {
  EXPECT_THAT(CertificatesFromPem({}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(CertificatesFromPem(AsSpan("hello")), FailsWith(Reason::kRequestMalformed));
}

TEST_F(PemTest, BrokenSecondBlockIsRejected) {
  ASSERT_OK_AND_ASSIGN(std::string pem, CertificatesToPem({first_, second_}));
  pem.insert(pem.rfind("-----BEGIN") + 40, "!");
  EXPECT_THAT(CertificatesFromPem(AsSpan(pem)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(PemTest, CutOffSecondBlockIsRejected) {
  ASSERT_OK_AND_ASSIGN(std::string pem, CertificatesToPem({first_, second_}));
  pem.resize(pem.size() - 60);
  EXPECT_THAT(CertificatesFromPem(AsSpan(pem)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(PemTest, MoreThanSixtyFourCertificatesAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::string pem, CertificatesToPem(std::vector<Bytes>(65, first_)));
  EXPECT_THAT(CertificatesFromPem(AsSpan(pem)), FailsWith(Reason::kLimitExceeded));
}

class CrlTest : public PemTest {
 protected:
  CrlTest() {
    X509_CRL* crl = X509_CRL_new();
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    const X509Ptr issuer = SelfSigned(*key_, "First");
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer.get()));
    X509_CRL_set1_lastUpdate(crl, X509_get0_notBefore(issuer.get()));
    X509_CRL_set1_nextUpdate(crl, X509_get0_notAfter(issuer.get()));
    X509_CRL_sign(crl, key_->evp_pkey(), EVP_sha256());
    crl_.reset(crl);
    uint8_t* der = nullptr;
    const int size = i2d_X509_CRL(crl, &der);
    der_.assign(der, der + size);
    OPENSSL_free(der);
  }
  std::string Pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509_CRL(bio.get(), crl_.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<size_t>(size));
  }

  X509CrlPtr crl_;
  Bytes der_;
};

TEST_F(CrlTest, DerAndPemAreTheSame) {
  ASSERT_OK_AND_ASSIGN(const Bytes of_der, CrlFrom(der_));
  ASSERT_OK_AND_ASSIGN(const Bytes of_pem, CrlFrom(AsSpan(Pem())));
  EXPECT_EQ(of_der, der_);
  EXPECT_EQ(of_pem, der_);
}

TEST_F(CrlTest, WhatIsNoCrlIsRejected) {
  Bytes trailing = der_;
  trailing.push_back(0);
  ASSERT_OK_AND_ASSIGN(const std::string certificate, CertificatesToPem({first_}));
  for (const Bytes& octets : {Bytes(), ToBytes("hello"), first_, ToBytes(certificate), trailing,
                              ToBytes(Pem().substr(0, Pem().size() - 60))}) {
    EXPECT_THAT(CrlFrom(octets), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(CrlTest, WhatIsNoOcspResponseIsRejected) {
  const Bytes try_later = {0x30, 0x03, 0x0a, 0x01, 0x03};
  ASSERT_OK_AND_ASSIGN(const Bytes same, OcspResponseFrom(try_later));
  EXPECT_EQ(same, try_later);
  Bytes trailing = try_later;
  trailing.push_back(0);
  for (const Bytes& octets : {Bytes(), ToBytes("hello"), der_, trailing}) {
    EXPECT_THAT(OcspResponseFrom(octets), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(PemTest, OctetsThatAreNoCertificateAreRejected) {
  EXPECT_THAT(CertificatesToPem({Bytes{1, 2, 3}}), FailsWith(Reason::kRequestMalformed));
  Bytes trailing = first_;
  trailing.push_back(0);
  EXPECT_THAT(CertificatesToPem({trailing}), FailsWith(Reason::kRequestMalformed));
}

TEST_F(PemTest, SubjectIsReadableText) {
  ASSERT_OK_AND_ASSIGN(const std::string subject, SubjectOf(second_));
  EXPECT_EQ(subject, "CN=\xC5\xBDiga");
}

}  // namespace
}  // namespace enkrat::cli

#include "cli/pem.h"

#include <gtest/gtest.h>

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

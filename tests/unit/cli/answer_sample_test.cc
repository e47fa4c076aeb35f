#include "cli/answer_sample.h"

#include <gtest/gtest.h>

#include "cli/request_supply.h"
#include "cli/wire.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/signing_answer.h"

namespace enkrat::cli {
namespace {

using testing::FailsWith;
using testing::IsOk;

// A detached CMS over `content`, as OpenSSL makes it.
std::string CmsOver(const std::string& content, const testing::SoftwareSigningKey& key,
                    X509* certificate) {
  const BioPtr bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const CmsPtr cms(CMS_sign(certificate, key.evp_pkey(), nullptr, bio.get(),
                            CMS_DETACHED | CMS_BINARY | CMS_CADES));
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &der);
  std::string octets(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return octets;
}

class AnswerSampleTest : public ::testing::Test {
 protected:
  AnswerSampleTest() {
    ToMessage(answer_.intent, "token", {.format = signer::SignatureFormat::kRaw}, &request_);
  }
  void MakeCades() {
    request_.set_format(v1::SIGNATURE_FORMAT_CADES_B_B);
    const X509Ptr certificate = SelfSigned(*answer_.key, "Signer");
    answer_.response.mutable_certificate()->set_der(ToString(DerOf(certificate.get())));
    for (int i = 0; i < 2; ++i) {
      answer_.response.mutable_signatures(i)->set_signature(
          CmsOver(LoadDocument(answer_.intent.request_id, static_cast<size_t>(i)), *answer_.key,
                  certificate.get()));
    }
  }
  absl::Status Verify() { return VerifyLoadAnswer(request_, answer_.response); }

  SigningAnswer answer_;
  v1::SignRequest request_;
};

TEST_F(AnswerSampleTest, GoodRawAnswerVerifies) { EXPECT_THAT(Verify(), IsOk()); }

TEST_F(AnswerSampleTest, GoodCadesAnswerVerifies) {
  MakeCades();
  EXPECT_THAT(Verify(), IsOk());
}

TEST_F(AnswerSampleTest, RawSignatureOverAnotherDocumentIsWrong) {
  answer_.response.mutable_signatures()->SwapElements(0, 1);
  EXPECT_THAT(Verify(), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(AnswerSampleTest, CadesOverAnotherDocumentIsWrong) {
  MakeCades();
  answer_.response.mutable_signatures()->SwapElements(0, 1);
  EXPECT_THAT(Verify(), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(AnswerSampleTest, CadesByAnotherCertificateIsWrong) {
  MakeCades();
  const auto other = testing::SoftwareSigningKey::Generate();
  answer_.response.mutable_certificate()->set_der(
      ToString(DerOf(SelfSigned(*other, "Other").get())));
  EXPECT_THAT(Verify(), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(AnswerSampleTest, MissingSignatureIsWrong) {
  answer_.response.mutable_signatures()->RemoveLast();
  EXPECT_THAT(Verify(), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(AnswerSampleTest, CertificateThatCannotBeReadIsWrong) {
  answer_.response.mutable_certificate()->set_der("x");
  EXPECT_THAT(Verify(), FailsWith(Reason::kSignatureSelfCheckFailed));
}

TEST_F(AnswerSampleTest, EveryNthAnswerIsKeptUpToTheLimit) {
  AnswerSample sample(/*every=*/3, /*limit=*/2);
  const auto request = std::make_shared<v1::SignRequest>(request_);
  for (int i = 0; i < 20; ++i) sample.Offer(request, answer_.response);
  LoadReport report;
  sample.AddTo(report);
  EXPECT_EQ(report.verified, 2u);
  EXPECT_EQ(report.verification_failures, 0u);
}

TEST_F(AnswerSampleTest, WrongAnswersAreCounted) {
  AnswerSample sample(/*every=*/1, /*limit=*/9);
  const auto request = std::make_shared<v1::SignRequest>(request_);
  sample.Offer(request, answer_.response);
  answer_.response.mutable_signatures()->SwapElements(0, 1);
  sample.Offer(request, answer_.response);
  LoadReport report;
  sample.AddTo(report);
  EXPECT_EQ(report.verified, 2u);
  EXPECT_EQ(report.verification_failures, 1u);
}

}  // namespace
}  // namespace enkrat::cli

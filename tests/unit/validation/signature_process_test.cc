// Signatures of one or more signers, right and wrong.
#include "validation/signature_process.h"

#include "common/der.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/validation/signature_fixture.h"

namespace enkrat::validation::testing {
namespace {

using ades::testing::Extensions;
using ades::testing::Identity;
using ades::testing::MakeIdentity;
using ades::testing::MakeOpenSslSignature;
using ades::testing::MakeSignature;
using ades::testing::TestPki;

class SignatureProcessTest : public SignatureValidation {
 protected:
  static Bytes SignWith(const Identity& signer, ades::testing::OpenSslSignatureRequest request) {
    request.signers = {&signer};
    request.more_certificates = {&Pki().issuing_ca};
    return MakeOpenSslSignature(request);
  }
  static Identity SignerWith(KeyAlgorithm algorithm) {
    return MakeIdentity({.common_name = "Other Signer",
                         .serial_number = 77,
                         .extensions = ades::testing::OneTimeExtensions()},
                        &Pki().issuing_ca, algorithm);
  }
};

TEST_F(SignatureProcessTest, TimestampedSignaturePasses) {
  const SignatureReport report = ValidateOne(MakeSignature(Pki()));
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.format, "CAdES");
  EXPECT_EQ(report.level, "B-T");
  EXPECT_EQ(report.signer_name, "Test Signer");
  EXPECT_EQ(report.proven_at, TestNow() + absl::Seconds(1));
  EXPECT_TRUE(report.proven_by_timestamp);
  EXPECT_EQ(report.chain.size(), 3u);
}

TEST_F(SignatureProcessTest, ExpiredOneTimeCertificateIsJudgedByItsTimestamp) {
  clock_.Advance(absl::Hours(24 * 30));
  EXPECT_EQ(Said(ValidateOne(MakeSignature(Pki())).conclusion), "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, ExpiredOneTimeCertificateWithoutTimestampIsOutOfBounds) {
  clock_.Advance(absl::Hours(24 * 30));
  const SignatureReport report =
      ValidateOne(MakeSignature(Pki(), {.timestamp_time = std::nullopt}));
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
  EXPECT_EQ(report.level, "B-B");
  EXPECT_FALSE(report.proven_by_timestamp);
}

TEST_F(SignatureProcessTest, ValidCertificateWithoutTimestampPassesAsOfNow) {
  const SignatureReport report =
      ValidateOne(MakeSignature(Pki(), {.timestamp_time = std::nullopt}));
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.level, "B-B");
  EXPECT_EQ(report.proven_at, clock_.Now());
}

TEST_F(SignatureProcessTest, PastTimeMayBeAskedFor) {
  clock_.Advance(absl::Hours(24 * 30));
  const SignatureReport report = ValidateOne(MakeSignature(Pki(), {.timestamp_time = std::nullopt}),
                                             {.at = TestNow() + absl::Minutes(2)});
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, TimeInTheFutureIsRefused) {
  EXPECT_THAT(Try(MakeSignature(Pki()), {.at = clock_.Now() + absl::Seconds(1)}).status(),
              enkrat::testing::FailsWith(Reason::kRequestMalformed));
}

TEST_F(SignatureProcessTest, TimestampAfterTheCertificateExpiredDoesNotHelp) {
  clock_.Advance(absl::Hours(24));
  const SignatureReport report =
      ValidateOne(MakeSignature(Pki(), {.timestamp_time = TestNow() + absl::Minutes(20)}));
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
  EXPECT_EQ(report.level, "B-B");
}

TEST_F(SignatureProcessTest, TimestampBeforeTheCertificateWasIssuedIsNotYetValid) {
  const SignatureReport report =
      ValidateOne(MakeSignature(Pki(), {.timestamp_time = TestNow() - absl::Hours(1)}));
  EXPECT_EQ(Said(report.conclusion), "TOTAL_FAILED/NOT_YET_VALID");
}

TEST_F(SignatureProcessTest, OtherContentFails) {
  const SignatureReport report = ValidateOne(MakeSignature(Pki()), {.contents = {"Another."}});
  EXPECT_EQ(Said(report.conclusion), "TOTAL_FAILED/HASH_FAILURE");
  EXPECT_EQ(ResultOf(report.checks, "message-digest"), "failed");
}

TEST_F(SignatureProcessTest, ContentIsFoundAmongSeveral) {
  EXPECT_EQ(
      Said(ValidateOne(MakeSignature(Pki()), {.contents = {"Another.", kDocument}}).conclusion),
      "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, ContentThatWasNotSignedIsToldOfSeveral) {
  const std::vector<std::string> nothing_of_first = {"No signature covers the content content0."};
  const Call call = {.contents = {"Another.", kDocument}};
  EXPECT_EQ(Validate(MakeSignature(Pki()), call).warnings, nothing_of_first);
  EXPECT_EQ(Validate(SignWith(Pki().signer, {.detached = false}), call).warnings, nothing_of_first);
  EXPECT_EQ(Validate(ades::testing::MakeToken(Pki(), AsSpan(kDocument), TestNow()), call).warnings,
            nothing_of_first);
}

TEST_F(SignatureProcessTest, MissingContentIsIndeterminate) {
  EXPECT_EQ(Said(ValidateOne(MakeSignature(Pki()), {.contents = {}}).conclusion),
            "INDETERMINATE/SIGNED_DATA_NOT_FOUND");
}

TEST_F(SignatureProcessTest, DigestWillDoInsteadOfTheContent) {
  EXPECT_EQ(
      Said(ValidateOne(MakeSignature(Pki()),
                       {.contents = {},
                        .digests = {ComputeDigest(DigestAlgorithm::kSha256, AsSpan(kDocument))}})
               .conclusion),
      "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, DigestByAnotherAlgorithmSaysNothingOfTheContentInside) {
  const Bytes cms = SignWith(Pki().signer, {.detached = false});
  const auto digest_of = [&](DigestAlgorithm algorithm, const char* text) {
    return Said(
        ValidateOne(cms, {.contents = {}, .digests = {ComputeDigest(algorithm, AsSpan(text))}})
            .conclusion);
  };
  EXPECT_EQ(digest_of(DigestAlgorithm::kSha256, kDocument), "TOTAL_PASSED");
  EXPECT_EQ(digest_of(DigestAlgorithm::kSha256, "Another."), "TOTAL_FAILED/HASH_FAILURE");
  EXPECT_EQ(digest_of(DigestAlgorithm::kSha512, "Another."), "INDETERMINATE/SIGNED_DATA_NOT_FOUND");
}

TEST_F(SignatureProcessTest, UntrustedRootIsIndeterminate) {
  const TestPki other = TestPki::Make();
  EXPECT_EQ(Said(ValidateOne(MakeSignature(other)).conclusion),
            "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(SignatureProcessTest, UnknownStatusOfAuthoritiesIsIndeterminateWhereItMustBeKnown) {
  EXPECT_EQ(
      Said(ValidateOne(MakeSignature(Pki()), {.rule = RevocationRule::kWholePath}).conclusion),
      "INDETERMINATE/TRY_LATER");
}

TEST_F(SignatureProcessTest, GivenRevocationDataSettlesTheStatus) {
  const Report report =
      Validate(MakeSignature(Pki()), {.rule = RevocationRule::kWholePath, .more = Crls()});
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.used.crls_der.size(), 1u);  // the root's: a one-time certificate needs none
  EXPECT_EQ(report.used.certificates_der.size(), 4u);
}

TEST_F(SignatureProcessTest, RevokedAuthorityIsToldEvenWhereStatusesMayBeUnknown) {
  ValidationData more;
  more.crls_der = {MakeCrl(Pki().root, TestNow(), {2})};
  EXPECT_EQ(Said(ValidateOne(MakeSignature(Pki()), {.more = more}).conclusion),
            "INDETERMINATE/REVOKED_CA_NO_POE");
}

TEST_F(SignatureProcessTest, UnknownStatusOfAnOrdinaryCertificateIsIndeterminate) {
  const Identity signer = MakeIdentity({.common_name = "Ordinary",
                                        .serial_number = 9,
                                        .extensions = {{"keyUsage", "critical,nonRepudiation"}}},
                                       &Pki().issuing_ca);
  EXPECT_EQ(Said(ValidateOne(SignWith(signer, {})).conclusion), "INDETERMINATE/TRY_LATER");
}

TEST_F(SignatureProcessTest, PlainCmsIsCalledSo) {
  const SignatureReport report = ValidateOne(SignWith(Pki().signer, {.with_ess = false}));
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.format, "CMS");
  EXPECT_EQ(report.level, "");
  EXPECT_EQ(ResultOf(report.checks, "signing-certificate"), "warning");
}

TEST_F(SignatureProcessTest, EachSignerIsJudgedForItself) {
  const TestPki other = TestPki::Make();
  const Bytes cms = MakeOpenSslSignature(
      {.signers = {&Pki().signer, &other.signer}, .more_certificates = {&Pki().issuing_ca}});
  const Report report = Validate(cms);
  ASSERT_EQ(report.signatures.size(), 2u);
  EXPECT_NE(report.signatures[0].conclusion.passed(), report.signatures[1].conclusion.passed());
  EXPECT_EQ(report.signatures[0].id, "signature 1");
  EXPECT_EQ(report.signatures[1].id, "signature 2");
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(SignatureProcessTest, MissingCertificateIsIndeterminate) {
  EXPECT_EQ(Said(ValidateOne(SignWith(Pki().signer, {.more_flags = CMS_NOCERTS})).conclusion),
            "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND");
}

TEST_F(SignatureProcessTest, SignatureOverTheContentAloneIsNotBelieved) {
  const SignatureReport report = ValidateOne(SignWith(
      Pki().signer, {.with_ess = false, .with_signing_time = false, .more_flags = CMS_NOATTR}));
  EXPECT_FALSE(report.conclusion.passed());
  EXPECT_EQ(ResultOf(report.checks, "signature-value"), "failed");
}

TEST_F(SignatureProcessTest, Sha1IsNotBelieved) {
  EXPECT_EQ(Said(ValidateOne(SignWith(Pki().signer, {.digest = "SHA1"})).conclusion),
            "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE");
}

TEST_F(SignatureProcessTest, OtherContentTypeFails) {
  EXPECT_EQ(
      Said(ValidateOne(SignWith(Pki().signer, {.content_type_nid = NID_pkcs7_digest})).conclusion),
      "TOTAL_FAILED/FORMAT_FAILURE");
}

TEST_F(SignatureProcessTest, EncapsulatedContentIsJudged) {
  const SignatureReport report =
      ValidateOne(SignWith(Pki().signer, {.detached = false}), {.contents = {}});
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(report.covers, "the content inside the signature");
}

TEST_F(SignatureProcessTest, EncapsulatedContentOtherThanTheDetachedOneFails) {
  EXPECT_EQ(
      Said(ValidateOne(SignWith(Pki().signer, {.detached = false}), {.contents = {"Another."}})
               .conclusion),
      "TOTAL_FAILED/HASH_FAILURE");
}

TEST_F(SignatureProcessTest, EncapsulatedContentThatIsTheDetachedOnePasses) {
  EXPECT_EQ(Said(ValidateOne(SignWith(Pki().signer, {.detached = false})).conclusion),
            "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, RsaSignaturesPass) {
  const Identity signer = SignerWith(KeyAlgorithm::kRsaPss3072);
  EXPECT_EQ(Said(ValidateOne(SignWith(signer, {})).conclusion), "TOTAL_PASSED");
}

TEST_F(SignatureProcessTest, NameOfAnotherCertificateIsRefused) {
  const Identity twin = MakeIdentity({.common_name = "Test Signer",
                                      .serial_number = 0x1234,
                                      .extensions = ades::testing::OneTimeExtensions()},
                                     &Pki().issuing_ca);
  // Signed by the twin's key, whose certificate the attribute names; the signer's is embedded.
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(
                   MakeOpenSslSignature({.signers = {&twin}, .more_flags = CMS_NOCERTS}))
                   .value();
  const X509Ptr certificate = Pki().signer.Certificate();
  CMS_add1_cert(cms.get(), certificate.get());
  EXPECT_EQ(Said(ValidateOne(EncodeDer<i2d_CMS_ContentInfo>(cms.get()).value()).conclusion),
            "TOTAL_FAILED/SIG_CRYPTO_FAILURE");
}

TEST_F(SignatureProcessTest, SignatureThatIsTooLongIsRefused) {
  EXPECT_THAT(Try(MakeSignature(Pki()), {.limits = {.max_signature_octets = 100}}).status(),
              enkrat::testing::FailsWith(Reason::kLimitExceeded));
}

TEST_F(SignatureProcessTest, NoTimeLeftIsToldForEachSignature) {
  EXPECT_EQ(Said(ValidateOne(MakeSignature(Pki()), {.limits = {.max_time = absl::ZeroDuration()}})
                     .conclusion),
            "INDETERMINATE/TRY_LATER");
}

}  // namespace
}  // namespace enkrat::validation::testing

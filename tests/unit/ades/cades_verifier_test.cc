// CadesVerifier on whole signatures: good ones of every suite, and content, time or trust gone
// wrong.
#include "tests/support/cades_verifier.h"

#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/signature_maker.h"
#include "tests/unit/ades/verdicts.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::CadesCheck;
using ::enkrat::testing::CadesVerdict;
using ::enkrat::testing::CadesVerifier;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::FakeClock;
using ::testing::ElementsAre;
using testing::FailedChecks;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kDocument;
using testing::MakeIdentity;
using testing::MakeSignature;
using testing::MakeToken;
using testing::TestNow;
using testing::TestPki;
using testing::Verify;

class VerifierTest : public ::testing::Test {
 protected:
  TestPki pki_ = TestPki::Make();
  FakeClock clock_{TestNow() + absl::Seconds(10)};
};

TEST_F(VerifierTest, GoodSignatureWithTimestampIsValid) {
  const CadesVerdict verdict = Verify(pki_, MakeSignature(pki_), clock_);
  EXPECT_TRUE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), IsEmpty());
  EXPECT_EQ(verdict.level, "CAdES B-T");
  EXPECT_EQ(verdict.signer_certificate_der, pki_.signer.certificate_der);
  EXPECT_EQ(verdict.signer_subject, "CN=Test Signer,O=Test,C=SI");
  EXPECT_EQ(verdict.claimed_signing_time, TestNow());
  EXPECT_EQ(verdict.timestamp_time, TestNow() + absl::Seconds(1));
  EXPECT_EQ(verdict.validated_at, TestNow() + absl::Seconds(1));
}

TEST_F(VerifierTest, EveryCheckHasItsPlaceAndASentence) {
  const CadesVerdict verdict = Verify(pki_, MakeSignature(pki_), clock_);
  std::vector<std::string> names;
  for (const CadesCheck& check : verdict.checks) {
    names.push_back(check.name);
    EXPECT_EQ(check.detail.back(), '.') << check.name;
  }
  EXPECT_THAT(names, ElementsAre("single-signer", "content-type", "signed-attributes",
                                 "message-digest", "signature-algorithm", "signature-value",
                                 "signing-certificate", "timestamp", "timestamp-imprint",
                                 "timestamp-signature", "timestamp-certificate", "timestamp-chain",
                                 "signer-chain", "signing-time", "key-usage", "revocation"));
}

TEST_F(VerifierTest, GoodSignatureWithoutTimestampIsValidNow) {
  const CadesVerdict verdict =
      Verify(pki_, MakeSignature(pki_, {.timestamp_time = std::nullopt}), clock_);
  EXPECT_THAT(FailedChecks(verdict), IsEmpty());
  EXPECT_TRUE(verdict.valid);
  EXPECT_EQ(verdict.level, "CAdES B-B");
  EXPECT_EQ(verdict.timestamp_time, std::nullopt);
  EXPECT_EQ(verdict.validated_at, clock_.Now());
}

TEST_F(VerifierTest, EverySuiteIsAccepted) {
  for (KeyAlgorithm key :
       {KeyAlgorithm::kEcdsaP256, KeyAlgorithm::kEcdsaP384, KeyAlgorithm::kRsaPss3072}) {
    const TestPki pki = TestPki::Make(key);
    for (DigestAlgorithm digest :
         {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
      const CadesVerdict verdict = Verify(pki, MakeSignature(pki, {.digest = digest}), clock_);
      EXPECT_THAT(FailedChecks(verdict), IsEmpty())
          << KeyAlgorithmName(key) << ' ' << DigestName(digest);
    }
  }
}

TEST_F(VerifierTest, ChangedDocumentIsInvalid) {
  const CadesVerdict verdict = Verify(pki_, MakeSignature(pki_), clock_, "another document");
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("message-digest"));
}

TEST_F(VerifierTest, SignatureIsValidLongAfterItsCertificateIfTimestamped) {
  clock_.Advance(absl::Hours(24 * 30));
  const CadesVerdict verdict = Verify(pki_, MakeSignature(pki_), clock_);
  EXPECT_THAT(FailedChecks(verdict), IsEmpty());
  EXPECT_TRUE(verdict.valid);
}

TEST_F(VerifierTest, ExpiredCertificateWithoutTimestampIsInvalid) {
  clock_.Advance(absl::Minutes(15));
  const CadesVerdict verdict =
      Verify(pki_, MakeSignature(pki_, {.timestamp_time = std::nullopt}), clock_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("signer-chain"));
}

TEST_F(VerifierTest, TimestampAtNotBeforeIsGoodAndASecondEarlierIsNot) {
  const absl::Time not_before = TestNow() - absl::Minutes(1);
  EXPECT_TRUE(Verify(pki_, MakeSignature(pki_, {.timestamp_time = not_before}), clock_).valid);
  const CadesVerdict early =
      Verify(pki_, MakeSignature(pki_, {.timestamp_time = not_before - absl::Seconds(1)}), clock_);
  EXPECT_THAT(FailedChecks(early), ElementsAre("signer-chain"));
}

TEST_F(VerifierTest, TimestampAtNotAfterIsInvalid) {
  clock_.Advance(absl::Hours(1));
  const absl::Time not_after = TestNow() + absl::Minutes(15);
  EXPECT_TRUE(
      Verify(pki_, MakeSignature(pki_, {.timestamp_time = not_after - absl::Seconds(1)}), clock_)
          .valid);
  const CadesVerdict late =
      Verify(pki_, MakeSignature(pki_, {.timestamp_time = not_after}), clock_);
  EXPECT_THAT(FailedChecks(late), ElementsAre("signer-chain"));
}

TEST_F(VerifierTest, SigningTimeOutsideTheCertificateIsInvalid) {
  for (absl::Duration offset : {-absl::Minutes(2), absl::Minutes(15)}) {
    const CadesVerdict verdict =
        Verify(pki_, MakeSignature(pki_, {.signing_time = TestNow() + offset}), clock_);
    EXPECT_THAT(FailedChecks(verdict), ElementsAre("signing-time")) << offset;
  }
}

TEST_F(VerifierTest, SignatureUnderAnUnknownRootIsInvalid) {
  const TestPki other = TestPki::Make();
  const CadesVerdict verdict = Verify(other, MakeSignature(pki_), clock_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("timestamp-chain", "signer-chain"));
  EXPECT_EQ(verdict.level, "CAdES B-B");
}

TEST_F(VerifierTest, SignerWithoutNonRepudiationIsInvalid) {
  pki_.signer = MakeIdentity(
      {.common_name = "Test Signer",
       .extensions = {{"keyUsage", "critical,digitalSignature"}, {"2.5.29.56", "DER:0500"}}},
      &pki_.issuing_ca);
  EXPECT_THAT(FailedChecks(Verify(pki_, MakeSignature(pki_), clock_)), ElementsAre("key-usage"));
}

TEST_F(VerifierTest, RevocableSignerIsInvalidBecauseNobodyAsked) {
  pki_.signer = MakeIdentity(
      {.common_name = "Test Signer", .extensions = {{"keyUsage", "critical,nonRepudiation"}}},
      &pki_.issuing_ca);
  EXPECT_THAT(FailedChecks(Verify(pki_, MakeSignature(pki_), clock_)), ElementsAre("revocation"));
}

TEST_F(VerifierTest, EitherShortTermExtensionNeedsNoRevocationData) {
  for (const char* oid : {"2.5.29.56", "0.4.0.194121.2.1"}) {
    pki_.signer =
        MakeIdentity({.common_name = "Test Signer",
                      .extensions = {{"keyUsage", "critical,nonRepudiation"}, {oid, "DER:0500"}}},
                     &pki_.issuing_ca);
    EXPECT_TRUE(Verify(pki_, MakeSignature(pki_), clock_).valid) << oid;
  }
}

TEST_F(VerifierTest, SignerIssuedByAnEndEntityIsInvalid) {
  pki_.issuing_ca = MakeIdentity({.common_name = "No CA", .extensions = {}}, &pki_.root);
  pki_.signer = MakeIdentity(
      {.common_name = "Test Signer", .extensions = testing::OneTimeExtensions()}, &pki_.issuing_ca);
  EXPECT_THAT(FailedChecks(Verify(pki_, MakeSignature(pki_), clock_)), ElementsAre("signer-chain"));
}

TEST_F(VerifierTest, OctetsThatAreNoSignatureAreAnError) {
  const Bytes signature = MakeSignature(pki_);
  for (size_t size = 0; size < signature.size(); size += 5) {
    EXPECT_THAT(testing::TryVerify(pki_, ByteSpan(signature).first(size), clock_),
                FailsWith(Reason::kRequestMalformed))
        << size;
  }
  Bytes longer = signature;
  longer.push_back(0);
  EXPECT_THAT(testing::TryVerify(pki_, longer, clock_), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(testing::TryVerify(pki_, Bytes(100, 0x30), clock_),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(VerifierTest, MoreThanOneMebibyteIsAnError) {
  EXPECT_THAT(testing::TryVerify(pki_, Bytes((1 << 20) + 1), clock_),
              FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(testing::TryVerify(pki_, Bytes(1 << 20), clock_),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(VerifierTest, ErrorOfTheDigestSourceIsPassedOn) {
  const auto verifier =
      CadesVerifier::Create({.trusted_roots_der = {pki_.root.certificate_der}, .clock = &clock_})
          .value();
  EXPECT_THAT(verifier->VerifyDetached(
                  MakeSignature(pki_),
                  [](DigestAlgorithm) { return MakeError(Reason::kNotFound, "no file"); }),
              FailsWith(Reason::kNotFound));
}

TEST_F(VerifierTest, DigestIsAskedForOnceAndForTheSignaturesAlgorithm) {
  const auto verifier =
      CadesVerifier::Create({.trusted_roots_der = {pki_.root.certificate_der}, .clock = &clock_})
          .value();
  std::vector<DigestAlgorithm> asked;
  const auto digest_of = [&](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
    asked.push_back(algorithm);
    return ComputeDigest(algorithm, AsSpan(kDocument));
  };
  const Bytes signature = MakeSignature(pki_, {.digest = DigestAlgorithm::kSha512});
  EXPECT_TRUE(verifier->VerifyDetached(signature, digest_of)->valid);
  EXPECT_THAT(asked, ElementsAre(DigestAlgorithm::kSha512));
}

TEST_F(VerifierTest, VerifierWithoutGoodRootsIsNotMade) {
  EXPECT_THAT(CadesVerifier::Create({.trusted_roots_der = {}, .clock = &clock_}).status(),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(
      CadesVerifier::Create({.trusted_roots_der = {Bytes{1, 2}}, .clock = &clock_}).status(),
      FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(
      CadesVerifier::Create({.trusted_roots_der = std::vector<Bytes>(65, pki_.root.certificate_der),
                             .clock = &clock_})
          .status(),
      FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::ades

// Timestamps: what they prove, alone and in signatures, and what they do not.
#include "validation/timestamp_process.h"

#include "absl/strings/str_cat.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/validation/signature_fixture.h"
#include "validation/timestamp_token.h"

namespace enkrat::validation::testing {
namespace {

using ades::testing::Identity;
using ades::testing::MakeIdentity;
using ades::testing::MakeSignature;
using ades::testing::MakeToken;
using ades::testing::TestPki;

class TimestampProcessTest : public SignatureValidation {
 protected:
  // A signature with a token by that unit, and the report of the timestamp in it.
  SignatureReport SignatureWith(std::function<Bytes(ByteSpan)> token_of) {
    return ValidateOne(MakeSignature(Pki(), {.token_of = std::move(token_of)}));
  }
  static Bytes TokenBy(const Identity& unit, ByteSpan stamped, bool ess_with_sha256,
                       const char* signer_digest = "SHA256") {
    const X509Ptr certificate = unit.Certificate();
    const Bytes imprint = ComputeDigest(DigestAlgorithm::kSha256, stamped);
    return enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                                .key = unit.key->evp_pkey(),
                                                .gen_time = TestNow() + absl::Seconds(1),
                                                .imprint = imprint,
                                                .ess_with_sha256 = ess_with_sha256,
                                                .signer_digest = signer_digest})
        .value();
  }
};

TEST_F(TimestampProcessTest, TokenAlonePasses) {
  const Report report = Validate(MakeToken(Pki(), AsSpan(kDocument), TestNow()));
  EXPECT_EQ(report.document_format, "TimeStampToken");
  ASSERT_EQ(report.signatures.size(), 1u);
  const SignatureReport& signature = report.signatures[0];
  EXPECT_EQ(Said(signature.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(signature.format, "RFC 3161");
  EXPECT_EQ(signature.proven_at, TestNow());
  EXPECT_EQ(signature.signer_name, "Test TSU");
  ASSERT_EQ(signature.timestamps.size(), 1u);
  EXPECT_EQ(signature.timestamps[0].kind, TimestampReport::Kind::kAlone);
}

TEST_F(TimestampProcessTest, TimestampResponseIsOpened) {
  const Bytes token = MakeToken(Pki(), AsSpan(kDocument), TestNow());
  const Bytes granted = DerOf(der_tag::kSequence, {DerInteger(0)});
  EXPECT_EQ(Said(ValidateOne(DerOf(der_tag::kSequence, {granted, token})).conclusion),
            "TOTAL_PASSED");
}

TEST_F(TimestampProcessTest, TokenIsToldFromASignatureInEveryForm) {
  const Bytes token = MakeToken(Pki(), AsSpan(kDocument), TestNow());
  const Bytes granted = DerOf(der_tag::kSequence, {DerInteger(0)});
  EXPECT_TRUE(HoldsTimestamp(token));
  EXPECT_TRUE(HoldsTimestamp(DerOf(der_tag::kSequence, {granted, token})));
  EXPECT_TRUE(HoldsTimestamp(
      AsSpan(absl::StrCat("-----BEGIN PKCS7-----\n", ToBase64(token), "\n-----END PKCS7-----\n"))));
  EXPECT_FALSE(HoldsTimestamp(MakeSignature(Pki())));
  EXPECT_FALSE(HoldsTimestamp(AsSpan("%PDF-1.7")));
  EXPECT_FALSE(HoldsTimestamp(Bytes()));
}

TEST_F(TimestampProcessTest, TokenOverOtherContentFails) {
  EXPECT_EQ(Said(ValidateOne(MakeToken(Pki(), AsSpan("Another."), TestNow())).conclusion),
            "TOTAL_FAILED/HASH_FAILURE");
}

TEST_F(TimestampProcessTest, TokenWithoutContentIsIndeterminate) {
  EXPECT_EQ(
      Said(
          ValidateOne(MakeToken(Pki(), AsSpan(kDocument), TestNow()), {.contents = {}}).conclusion),
      "INDETERMINATE/SIGNED_DATA_NOT_FOUND");
}

TEST_F(TimestampProcessTest, TokenFromTheFutureIsOutOfOrder) {
  EXPECT_EQ(Said(ValidateOne(MakeToken(Pki(), AsSpan(kDocument), clock_.Now() + absl::Hours(1)))
                     .conclusion),
            "INDETERMINATE/TIMESTAMP_ORDER_FAILURE");
}

TEST_F(TimestampProcessTest, TokenFromBeforeItsUnitWasThereProvesNothing) {
  const absl::Time before = TestNow() - absl::Hours(24 * 366);
  EXPECT_EQ(Said(ValidateOne(MakeToken(Pki(), AsSpan(kDocument), before)).conclusion),
            "INDETERMINATE/TIMESTAMP_ORDER_FAILURE");
  const SignatureReport report =
      SignatureWith([&](ByteSpan value) { return MakeToken(Pki(), value, before); });
  EXPECT_FALSE(report.proven_by_timestamp);
  EXPECT_EQ(report.proven_at, clock_.Now());
}

TEST_F(TimestampProcessTest, TokenOfAnExpiredUnitIsOutOfBounds) {
  clock_.Advance(absl::Hours(24 * 365 * 2));
  EXPECT_EQ(Said(ValidateOne(MakeToken(Pki(), AsSpan(kDocument), TestNow())).conclusion),
            "INDETERMINATE/OUT_OF_BOUNDS_NO_POE");
}

TEST_F(TimestampProcessTest, CertificateForMoreThanTimestampingIsRefused) {
  const Identity unit =
      MakeIdentity({.common_name = "Not a unit",
                    .serial_number = 31,
                    .extensions = {{"keyUsage", "critical,digitalSignature"},
                                   {"extendedKeyUsage", "critical,timeStamping,codeSigning"}}},
                   &Pki().root);
  const Bytes info = ades::testing::TstInfoOf(MakeToken(Pki(), AsSpan(kDocument), TestNow()));
  const Bytes token = ades::testing::WrapTstInfo(info, {.signers = {&unit}});
  EXPECT_EQ(Said(ValidateOne(token).conclusion), "INDETERMINATE/CHAIN_CONSTRAINTS_FAILURE");
}

TEST_F(TimestampProcessTest, TokenThatDoesNotNameItsCertificateIsRefused) {
  const Bytes info = ades::testing::TstInfoOf(MakeToken(Pki(), AsSpan(kDocument), TestNow()));
  const Bytes token =
      ades::testing::WrapTstInfo(info, {.signers = {&Pki().timestamp_unit}, .with_ess = false});
  EXPECT_EQ(Said(ValidateOne(token).conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(TimestampProcessTest, OlderNamingBySha1IsAWarning) {
  const Bytes token = TokenBy(Pki().timestamp_unit, AsSpan(kDocument), /*ess_with_sha256=*/false);
  const SignatureReport report = ValidateOne(token);
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");
  EXPECT_EQ(ResultOf(report.timestamps[0].checks, "timestamp-certificate"), "warning");
}

TEST_F(TimestampProcessTest, WeakDigestInTheTokenIsNotBelieved) {
  const Bytes token =
      TokenBy(Pki().timestamp_unit, AsSpan(kDocument), /*ess_with_sha256=*/true, "SHA1");
  EXPECT_EQ(Said(ValidateOne(token).conclusion), "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

TEST_F(TimestampProcessTest, TimestampOfAnotherSignatureBreaksTheSignature) {
  const SignatureReport report =
      SignatureWith([](ByteSpan) { return MakeToken(Pki(), AsSpan("other"), TestNow()); });
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
  EXPECT_EQ(report.level, "B-B");
  EXPECT_EQ(Said(report.timestamps.at(0).conclusion), "TOTAL_FAILED/HASH_FAILURE");
}

TEST_F(TimestampProcessTest, UntrustedTimestampProvesNothing) {
  const TestPki other = TestPki::Make();
  const SignatureReport report = SignatureWith(
      [&](ByteSpan value) { return MakeToken(other, value, TestNow() - absl::Hours(9)); });
  EXPECT_EQ(Said(report.conclusion), "TOTAL_PASSED");  // as of now: the certificate is valid
  EXPECT_FALSE(report.proven_by_timestamp);
  EXPECT_EQ(report.proven_at, clock_.Now());
  EXPECT_EQ(ResultOf(report.checks, "timestamp"), "warning");
}

TEST_F(TimestampProcessTest, UntrustedTimestampDoesNotSaveAnExpiredCertificate) {
  const TestPki other = TestPki::Make();
  clock_.Advance(absl::Hours(24));
  const SignatureReport report =
      SignatureWith([&](ByteSpan value) { return MakeToken(other, value, TestNow()); });
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/OUT_OF_BOUNDS_NOT_REVOKED");
}

TEST_F(TimestampProcessTest, GarbageInsteadOfATimestampBreaksTheSignature) {
  const SignatureReport report =
      SignatureWith([](ByteSpan) { return DerOf(der_tag::kSequence, {DerInteger(7)}); });
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

TEST_F(TimestampProcessTest, EarliestOfSeveralTimestampsCounts) {
  const Bytes signature = MakeSignature(Pki(), {.timestamp_time = TestNow() + absl::Seconds(20)});
  const CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature).value();
  const ASN1_OCTET_STRING* value =
      CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0));
  const Bytes earlier =
      MakeToken(Pki(), ByteSpan(value->data, static_cast<size_t>(value->length)), TestNow());
  const SignatureReport report = ValidateOne(ades::testing::WithMoreTimestamp(signature, earlier));
  EXPECT_EQ(report.timestamps.size(), 2u);
  EXPECT_EQ(report.proven_at, TestNow());
}

TEST_F(TimestampProcessTest, MoreTimestampsThanAllowedAreRefused) {
  const SignatureReport report =
      ValidateOne(MakeSignature(Pki()), {.limits = {.max_timestamps = 0}});
  EXPECT_EQ(Said(report.conclusion), "INDETERMINATE/SIG_CONSTRAINTS_FAILURE");
}

}  // namespace
}  // namespace enkrat::validation::testing

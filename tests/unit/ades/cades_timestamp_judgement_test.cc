// CadesVerifier on signatures whose timestamp is wrong, and on more than one timestamp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der.h"
#include "tests/support/cades_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/openssl_timestamp_authority.h"
#include "tests/unit/ades/openssl_signature_maker.h"
#include "tests/unit/ades/signature_maker.h"
#include "tests/unit/ades/verdicts.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::CadesVerdict;
using ::enkrat::testing::FakeClock;
using ::enkrat::testing::MakeTimestampToken;
using ::enkrat::testing::TimestampOrder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace testing;  // the makers of this folder

class TimestampJudgementTest : public ::testing::Test {
 protected:
  using TokenOf = std::function<Bytes(ByteSpan signature_value)>;

  // What fails in an otherwise good signature with this token.
  std::vector<std::string> FailedWith(const TokenOf& token_of) const {
    return FailedChecks(Verify(pki_, MakeSignature(pki_, {.token_of = token_of}), clock_));
  }
  // A token from OpenSSL's time-stamping code, changed from the good one.
  TokenOf Ordered(const std::function<void(TimestampOrder&)>& change) const {
    return [this, change](ByteSpan value) {
      const X509Ptr certificate = pki_.timestamp_unit.Certificate();
      const Bytes imprint = ComputeDigest(DigestAlgorithm::kSha256, value);
      TimestampOrder order{.certificate = certificate.get(),
                           .key = pki_.timestamp_unit.key->evp_pkey(),
                           .gen_time = TestNow(),
                           .imprint = imprint};
      change(order);
      return MakeTimestampToken(order).value();
    };
  }
  // A good TSTInfo, signed by somebody else than a good unit or in another way.
  TokenOf Wrapped(const Identity* by, OpenSslSignatureRequest request = {.signers = {}}) const {
    request.signers = {by};
    return [this, request](ByteSpan value) {
      return WrapTstInfo(TstInfoOf(MakeToken(pki_, value, TestNow())), request);
    };
  }
  Identity Unit(const Extensions& extensions, const Identity* issuer) const {
    return MakeIdentity({.common_name = "Odd TSU", .serial_number = 77, .extensions = extensions},
                        issuer);
  }

  const TestPki pki_ = TestPki::Make();
  const FakeClock clock_{TestNow() + absl::Seconds(10)};
};

TEST_F(TimestampJudgementTest, GoodTokensAreAccepted) {
  EXPECT_THAT(FailedWith(Ordered([](TimestampOrder&) {})), IsEmpty());
  EXPECT_THAT(FailedWith(Wrapped(&pki_.timestamp_unit)), IsEmpty());
  EXPECT_THAT(FailedWith(Ordered([](TimestampOrder& order) { order.signer_digest = "SHA512"; })),
              IsEmpty());
}

TEST_F(TimestampJudgementTest, ImprintByAnotherDigestAlgorithmIsAccepted) {
  EXPECT_THAT(
      FailedWith([this](ByteSpan value) {
        const X509Ptr certificate = pki_.timestamp_unit.Certificate();
        return MakeTimestampToken({.certificate = certificate.get(),
                                   .key = pki_.timestamp_unit.key->evp_pkey(),
                                   .gen_time = TestNow(),
                                   .imprint_algorithm = DigestAlgorithm::kSha512,
                                   .imprint = ComputeDigest(DigestAlgorithm::kSha512, value)})
            .value();
      }),
      IsEmpty());
}

TEST_F(TimestampJudgementTest, TokenOverAnotherValueIsInvalid) {
  const CadesVerdict verdict =
      Verify(pki_,
             MakeSignature(pki_, {.token_of =
                                      [this](ByteSpan) {
                                        return MakeToken(pki_, AsSpan("another value"), TestNow());
                                      }}),
             clock_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("timestamp-imprint"));
  EXPECT_EQ(verdict.level, "CAdES B-B");
  EXPECT_EQ(verdict.timestamp_time, std::nullopt);
  EXPECT_EQ(verdict.validated_at, clock_.Now());
}

TEST_F(TimestampJudgementTest, OctetsThatAreNoTokenAreInvalid) {
  EXPECT_THAT(FailedWith([](ByteSpan) { return Bytes{0x30, 0x00}; }), ElementsAre("timestamp"));
  EXPECT_THAT(FailedWith([this](ByteSpan) {
                return MakeOpenSslSignature({.signers = {&pki_.timestamp_unit}});
              }),
              ElementsAre("timestamp"));
  EXPECT_THAT(FailedWith([this](ByteSpan) {
                return WrapTstInfo(Bytes{0x30, 0x00}, {.signers = {&pki_.timestamp_unit}});
              }),
              ElementsAre("timestamp"));
}

TEST_F(TimestampJudgementTest, OctetsBehindTheTstInfoAreInvalid) {
  EXPECT_THAT(FailedWith([this](ByteSpan value) {
                Bytes info = TstInfoOf(MakeToken(pki_, value, TestNow()));
                info.push_back(0);
                return WrapTstInfo(info, {.signers = {&pki_.timestamp_unit}});
              }),
              ElementsAre("timestamp"));
}

TEST_F(TimestampJudgementTest, TokenOfAnotherContentTypeIsInvalid) {
  EXPECT_THAT(FailedWith([this](ByteSpan value) {
                return MakeOpenSslSignature(
                    {.signers = {&pki_.timestamp_unit},
                     .content = ToString(TstInfoOf(MakeToken(pki_, value, TestNow()))),
                     .detached = false});
              }),
              ElementsAre("timestamp-signature"));
}

TEST_F(TimestampJudgementTest, TimeInTheFutureIsInvalid) {
  EXPECT_THAT(FailedWith(Ordered([this](TimestampOrder& order) {
                order.gen_time = clock_.Now() + absl::Minutes(5);
              })),
              IsEmpty());
  EXPECT_THAT(FailedWith(Ordered([this](TimestampOrder& order) {
                order.gen_time = clock_.Now() + absl::Minutes(5) + absl::Seconds(1);
              })),
              ElementsAre("timestamp"));
}

TEST_F(TimestampJudgementTest, TokenWithoutItsCertificateIsInvalid) {
  EXPECT_THAT(FailedWith(Ordered([](TimestampOrder& order) { order.include_certificate = false; })),
              ElementsAre("timestamp-signature", "timestamp-certificate"));
}

TEST_F(TimestampJudgementTest, TokenThatNamesItsCertificateWithSha1IsInvalid) {
  EXPECT_THAT(FailedWith(Ordered([](TimestampOrder& order) { order.ess_with_sha256 = false; })),
              ElementsAre("timestamp-certificate"));
}

TEST_F(TimestampJudgementTest, TokenSignedOverSha1IsInvalid) {
  EXPECT_THAT(FailedWith(Ordered([](TimestampOrder& order) { order.signer_digest = "SHA1"; })),
              ElementsAre("timestamp-signature"));
}

TEST_F(TimestampJudgementTest, UnitWithoutTheTimeStampingPurposeIsInvalid) {
  const Identity none = Unit({{"keyUsage", "critical,digitalSignature"}}, &pki_.root);
  EXPECT_THAT(FailedWith(Wrapped(&none)), ElementsAre("timestamp-certificate"));
}

TEST_F(TimestampJudgementTest, UnitWithAnotherPurposeIsInvalid) {
  for (const char* usage :
       {"timeStamping", "critical,codeSigning", "critical,timeStamping,codeSigning",
        "critical,timeStamping,1.2.3.4", "critical,anyExtendedKeyUsage"}) {
    const Identity unit = Unit({{"extendedKeyUsage", usage}}, &pki_.root);
    EXPECT_THAT(FailedWith(Wrapped(&unit)), ElementsAre("timestamp-certificate")) << usage;
  }
}

TEST_F(TimestampJudgementTest, UnitThatIsACaIsInvalid) {
  Extensions extensions = TimestampUnitExtensions();
  extensions.emplace_back("basicConstraints", "critical,CA:TRUE");
  const Identity unit = Unit(extensions, &pki_.root);
  EXPECT_THAT(FailedWith(Wrapped(&unit)), ElementsAre("timestamp-certificate"));
}

TEST_F(TimestampJudgementTest, UnitUnderAnUnknownRootIsInvalid) {
  const TestPki other = TestPki::Make();
  EXPECT_THAT(FailedWith(Wrapped(&other.timestamp_unit)), ElementsAre("timestamp-chain"));
}

TEST_F(TimestampJudgementTest, UnitThatIssuedItselfIsInvalid) {
  const Identity unit = Unit(TimestampUnitExtensions(), nullptr);
  EXPECT_THAT(FailedWith(Wrapped(&unit)), ElementsAre("timestamp-chain"));
}

TEST_F(TimestampJudgementTest, UnitThatWasNotValidAtGenTimeIsInvalid) {
  for (absl::Duration offset : {-absl::Hours(3), absl::Hours(1)}) {
    const Identity unit = MakeIdentity({.common_name = "Odd TSU",
                                        .not_before = TestNow() + offset,
                                        .not_after = TestNow() + offset + absl::Hours(2),
                                        .extensions = TimestampUnitExtensions()},
                                       &pki_.root);
    EXPECT_THAT(FailedWith(Wrapped(&unit)), ElementsAre("timestamp-chain")) << offset;
  }
}

TEST_F(TimestampJudgementTest, TokenWithTwoSignersIsInvalid) {
  const Identity second = Unit(TimestampUnitExtensions(), &pki_.root);
  EXPECT_THAT(FailedWith([&](ByteSpan value) {
                return WrapTstInfo(TstInfoOf(MakeToken(pki_, value, TestNow())),
                                   {.signers = {&pki_.timestamp_unit, &second}});
              }),
              ElementsAre("timestamp-signature"));
}

TEST_F(TimestampJudgementTest, ChangedTokenIsInvalid) {
  EXPECT_THAT(FailedWith([this](ByteSpan value) {
                Bytes token = MakeToken(pki_, value, TestNow());
                token.back() ^= 0x01;  // the end of the signature value
                return token;
              }),
              ElementsAre("timestamp-signature"));
}

TEST_F(TimestampJudgementTest, EarliestOfTwoGoodTimestampsDecides) {
  const FakeClock later(TestNow() + absl::Hours(48));
  const Bytes signature = MakeSignature(pki_);
  CmsPtr cms = DecodeDer<CmsPtr, d2i_CMS_ContentInfo>(signature).value();
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
  const ASN1_OCTET_STRING* value = CMS_SignerInfo_get0_signature(signer);
  const Bytes second =
      MakeToken(pki_, ByteSpan(value->data, value->length), TestNow() + absl::Hours(24));
  const CadesVerdict verdict = Verify(pki_, WithMoreTimestamp(signature, second), later);
  EXPECT_THAT(FailedChecks(verdict), IsEmpty());
  EXPECT_EQ(verdict.timestamp_time, TestNow() + absl::Seconds(1));
}

TEST_F(TimestampJudgementTest, BadTimestampBesideAGoodOneIsInvalid) {
  const Bytes bad = MakeToken(pki_, AsSpan("another value"), TestNow());
  const CadesVerdict verdict = Verify(pki_, WithMoreTimestamp(MakeSignature(pki_), bad), clock_);
  EXPECT_FALSE(verdict.valid);
  EXPECT_THAT(FailedChecks(verdict), ElementsAre("timestamp-imprint"));
  EXPECT_EQ(verdict.timestamp_time, TestNow() + absl::Seconds(1));
}

TEST_F(TimestampJudgementTest, MoreTimestampsThanAreLookedAtAreInvalid) {
  Bytes signature = MakeSignature(pki_);
  const Bytes more = MakeToken(pki_, AsSpan("x"), TestNow());
  for (int i = 0; i < 8; ++i) signature = WithMoreTimestamp(signature, more);
  EXPECT_THAT(FailedChecks(Verify(pki_, signature, clock_)), ElementsAre("timestamp"));
}

}  // namespace
}  // namespace enkrat::ades

// B-B to B-T to B-LT, and enveloping: what is added is there, what was signed is as it was, and
// OpenSSL agrees at every level.
#include "ades/cades_augmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ades/cades_signature.h"
#include "ades/signed_data_layout.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der.h"
#include "common/der_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/ades/certificate_maker.h"
#include "tests/unit/ades/openssl_command.h"
#include "tests/unit/ades/revocation_maker.h"
#include "tests/unit/ades/signature_maker.h"

namespace enkrat::ades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;
using testing::kDocument;
using testing::TestNow;
using testing::TestPki;

class CadesAugmentation : public ::testing::Test {
 protected:
  static SignedDataLayout LayoutOf(const Bytes& cms) { return SignedDataLayout::Read(cms).value(); }
  Bytes TokenFor(const Bytes& cms) const {
    return testing::MakeToken(pki_, SignatureValueOf(cms).value(), TestNow() + absl::Seconds(1));
  }

  const TestPki pki_ = TestPki::Make();
  const Bytes basic_ = testing::MakeSignature(pki_, {.timestamp_time = std::nullopt});
  const Bytes stamped_ = testing::MakeSignature(pki_);
};

TEST_F(CadesAugmentation, SignatureValueIsWhatTheSignersKeyMade) {
  const Bytes value = SignatureValueOf(basic_).value();
  const SignedDataLayout layout = LayoutOf(basic_);
  Bytes signed_octets = ToBytes(layout.signed_attributes);
  signed_octets[0] = der_tag::kSet;
  EXPECT_THAT(pki_.signer.key->public_key().VerifyDigest(DigestAlgorithm::kSha256,
                                                         Sha256(signed_octets), value),
              IsOk());
}

TEST_F(CadesAugmentation, LayingAgainWithNothingAddedChangesNoOctet) {
  EXPECT_EQ(LayoutOf(stamped_).Lay().value(), stamped_);
}

TEST_F(CadesAugmentation, TimestampAddedIsTheSignatureAssembledWithIt) {
  Bytes token;
  CadesSignature signature =
      CadesSignature::Prepare({.document_digest = ToBytes(Sha256(AsSpan(kDocument))),
                               .signer_certificate_der = pki_.signer.certificate_der,
                               .signer_key = &pki_.signer.key->public_key(),
                               .signing_time = TestNow()})
          .value();
  const Bytes value =
      pki_.signer.key->SignDigest(DigestAlgorithm::kSha256, signature.digest_to_sign()).value();
  token = testing::MakeToken(pki_, value, TestNow());
  const Bytes without =
      signature.Assemble(value, {pki_.issuing_ca.certificate_der}, std::nullopt).value();
  const Bytes with = signature.Assemble(value, {pki_.issuing_ca.certificate_der}, token).value();
  EXPECT_EQ(AddSignatureTimestamp(without, token).value(), with);
}

TEST_F(CadesAugmentation, SecondTimestampStandsBesideTheFirst) {
  const Bytes twice = AddSignatureTimestamp(stamped_, TokenFor(stamped_)).value();
  EXPECT_EQ(LayoutOf(twice).unsigned_attributes.size(), 2u);
  EXPECT_THAT(testing::OpenSslCmsVerify(pki_, twice, kDocument), IsOk());
}

TEST_F(CadesAugmentation, OpenSslAcceptsEveryLevel) {
  const Bytes t = AddSignatureTimestamp(basic_, TokenFor(basic_)).value();
  const Bytes lt = AddValidationData(t, testing::MakeValidationData(pki_)).value();
  for (const Bytes& level : {basic_, t, lt}) {
    EXPECT_THAT(testing::OpenSslCmsVerify(pki_, level, kDocument), IsOk());
    EXPECT_THAT(testing::OpenSslCmsVerify(pki_, level, "another document"), ::testing::Not(IsOk()));
  }
}

TEST_F(CadesAugmentation, ValidationDataIsInSignedDataAndNothingElseMoved) {
  const ValidationData data = testing::MakeValidationData(pki_);
  const Bytes lt = AddValidationData(stamped_, data).value();
  const SignedDataLayout before = LayoutOf(stamped_);
  const SignedDataLayout after = LayoutOf(lt);
  EXPECT_EQ(after.certificates.size(), 4u);
  EXPECT_EQ(after.revocations.size(), 3u);
  EXPECT_EQ(after.version, 5u);
  EXPECT_EQ(after.signed_attributes, before.signed_attributes);
  EXPECT_EQ(after.signature, before.signature);
  EXPECT_EQ(after.encapsulated, before.encapsulated);
  EXPECT_EQ(after.unsigned_attributes.at(0).whole, before.unsigned_attributes.at(0).whole);
  const std::string printed = testing::OpenSslCmsPrint(lt).value();
  EXPECT_THAT(printed, HasSubstr("1.3.6.1.5.5.7.16.2"));
  EXPECT_THAT(printed, HasSubstr("version: 5"));
}

TEST_F(CadesAugmentation, ValidationDataThatIsThereIsNotAddedAgain) {
  const ValidationData data = testing::MakeValidationData(pki_);
  const Bytes once = AddValidationData(stamped_, data).value();
  EXPECT_EQ(AddValidationData(once, data).value(), once);
}

TEST_F(CadesAugmentation, CrlsAloneNeedNoNewVersion) {
  const Bytes with_crl =
      AddValidationData(stamped_, {.crls_der = {testing::MakeCrl(pki_.root)}}).value();
  EXPECT_EQ(LayoutOf(with_crl).version, 1u);
}

TEST_F(CadesAugmentation, OcspResponseIsOtherRevocationInfoOfRfc5940) {
  const Bytes response = testing::MakeOcspResponse(pki_.root, pki_.issuing_ca);
  const Bytes lt = AddValidationData(stamped_, {.ocsp_responses_der = {response}}).value();
  const Bytes expected =
      DerOf(der_tag::Constructed(1), {*FromHex("06082b06010505071002"), response});
  EXPECT_EQ(LayoutOf(lt).revocations.at(0), ByteSpan(expected));
}

TEST_F(CadesAugmentation, EnvelopedContentComesOutOfOpenSsl) {
  const Bytes enveloping = Envelop(stamped_, AsSpan(kDocument)).value();
  std::string content;
  EXPECT_THAT(testing::OpenSslCmsVerifyEnveloping(pki_, enveloping, &content), IsOk());
  EXPECT_EQ(content, kDocument);
  EXPECT_EQ(SignatureValueOf(enveloping).value(), SignatureValueOf(stamped_).value());
}

TEST_F(CadesAugmentation, EmptyContentIsEnvelopedToo) {
  const Bytes empty = testing::MakeSignature(pki_, {.document = ""});
  const Bytes enveloping = Envelop(empty, ByteSpan()).value();
  EXPECT_FALSE(LayoutOf(enveloping).detached);
}

TEST_F(CadesAugmentation, ContentThatWasNotSignedIsNotEnveloped) {
  EXPECT_THAT(Envelop(stamped_, AsSpan("another document")), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, ContentIsNotEnvelopedTwice) {
  const Bytes enveloping = Envelop(stamped_, AsSpan(kDocument)).value();
  EXPECT_THAT(Envelop(enveloping, AsSpan(kDocument)), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, EnvelopingBeyondFourMebibytesIsRefused) {
  const std::string large(size_t{4} << 20, 'x');
  const Bytes signature = testing::MakeSignature(pki_, {.document = large});
  EXPECT_THAT(Envelop(signature, AsSpan(large)), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CadesAugmentation, TimestampOverAnotherSignatureIsRefused) {
  const Bytes token = testing::MakeToken(pki_, AsSpan("another signature"), TestNow());
  EXPECT_THAT(AddSignatureTimestamp(basic_, token), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, SignatureInPlaceOfATimestampIsRefused) {
  EXPECT_THAT(AddSignatureTimestamp(basic_, stamped_), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, WhatIsNoCertificateCrlOrOcspResponseIsRefused) {
  const Bytes junk = {0x30, 0x03, 0x02, 0x01, 0x01};
  Bytes trailing = pki_.root.certificate_der;
  trailing.push_back(0);
  EXPECT_THAT(AddValidationData(stamped_, {.certificates_der = {junk}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(stamped_, {.certificates_der = {trailing}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(stamped_, {.crls_der = {junk}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(stamped_, {.crls_der = {Bytes()}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(stamped_, {.ocsp_responses_der = {junk}}),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(stamped_, {.ocsp_responses_der = {testing::MakeOcspRefusal()}}),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, MoreThan64CrlsAreRefused) {
  ValidationData data;
  for (uint64_t number = 1; number <= 65; ++number) {
    data.crls_der.push_back(testing::MakeCrl(pki_.root, number));
  }
  EXPECT_THAT(AddValidationData(stamped_, data), FailsWith(Reason::kLimitExceeded));
  data.crls_der.pop_back();
  EXPECT_THAT(AddValidationData(stamped_, data), IsOk());
}

TEST_F(CadesAugmentation, OctetsThatAreNoSignatureAreRefused) {
  for (const Bytes& octets : {Bytes(), Bytes{0x30}, Bytes{0x30, 0x00}, pki_.root.certificate_der}) {
    EXPECT_THAT(SignatureValueOf(octets), FailsWith(Reason::kRequestMalformed));
    EXPECT_THAT(AddValidationData(octets, {}), FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(CadesAugmentation, EveryTruncationIsRefused) {
  for (size_t size = 0; size < stamped_.size(); size += 7) {
    EXPECT_THAT(SignatureValueOf(ByteSpan(stamped_).subspan(0, size)),
                FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(CadesAugmentation, OctetsBehindTheSignatureAreRefused) {
  Bytes trailing = stamped_;
  trailing.push_back(0x05);
  trailing.push_back(0x00);
  EXPECT_THAT(SignatureValueOf(trailing), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, OlderArchiveTimestampIsNotBrokenByAnAddition) {
  for (const char* type :
       {"060b2a864886f70d010910021b", "060b2a864886f70d0109100230", "060604008d450202"}) {
    const Bytes attribute = testing::AttributeOf(type, {Bytes{0x05, 0x00}});
    SignedDataLayout layout = LayoutOf(stamped_);
    const Bytes set = DerOf(der_tag::Constructed(1), {attribute});
    const Bytes signer =
        DerOf(der_tag::kSequence,
              {layout.signer_version, layout.signer_identifier, layout.signer_digest_algorithm,
               layout.signed_attributes, layout.signature_algorithm, layout.signature, set});
    const Bytes signed_data =
        DerOf(der_tag::kSequence, {DerInteger(1), layout.digest_algorithms, layout.encapsulated,
                                   DerOf(der_tag::kSet, {signer})});
    const Bytes cms = DerOf(der_tag::kSequence, {DerOid(cms_oid::kSignedData),
                                                 DerOf(der_tag::Constructed(0), {signed_data})});
    EXPECT_THAT(SignatureValueOf(cms), IsOk());
    EXPECT_THAT(AddValidationData(cms, testing::MakeValidationData(pki_)),
                FailsWith(Reason::kRequestMalformed));
  }
}

TEST_F(CadesAugmentation, MoreThan64UnsignedAttributesAreRefused) {
  SignedDataLayout layout = LayoutOf(basic_);
  const Bytes attribute = CmsAttribute(cms_oid::kData, Bytes{0x05, 0x00});
  for (int i = 0; i < 65; ++i) layout.unsigned_attributes.push_back(AttributeLayoutOf(attribute));
  EXPECT_THAT(layout.Lay(), FailsWith(Reason::kLimitExceeded));
}

TEST_F(CadesAugmentation, SignatureWithoutSignedAttributesIsRefused) {
  SignedDataLayout layout = LayoutOf(basic_);
  layout.signed_attributes = {};
  EXPECT_THAT(layout.Lay(), FailsWith(Reason::kRequestMalformed));
}

TEST_F(CadesAugmentation, PadesSignatureHasNoSigningTime) {
  const CadesSignature pades =
      CadesSignature::Prepare({.document_digest = ToBytes(Sha256(AsSpan(kDocument))),
                               .signer_certificate_der = pki_.signer.certificate_der,
                               .signer_key = &pki_.signer.key->public_key(),
                               .pades = true})
          .value();
  const Bytes value =
      pki_.signer.key->SignDigest(DigestAlgorithm::kSha256, pades.digest_to_sign()).value();
  const Bytes cms = pades.Assemble(value, {pki_.issuing_ca.certificate_der}, std::nullopt).value();
  const std::string printed = testing::OpenSslCmsPrint(cms).value();
  EXPECT_THAT(printed, ::testing::Not(HasSubstr("signingTime")));
  EXPECT_THAT(printed, HasSubstr("messageDigest"));
  EXPECT_THAT(testing::OpenSslCmsVerify(pki_, cms, kDocument), IsOk());
  EXPECT_THAT(testing::OpenSslCmsPrint(basic_).value(), HasSubstr("signingTime"));
}

}  // namespace
}  // namespace enkrat::ades

// The archive-time-stamp-v3: octets by the letter of EN 319 122-1 5.5, and what breaks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ades/cades_augmentation.h"
#include "ades/signed_data_layout.h"
#include "common/cms_attribute.h"
#include "common/cms_oid.h"
#include "common/der_reader.h"
#include "common/der_writer.h"
#include "tests/support/openssl_timestamp_authority.h"
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

absl::StatusOr<Bytes> DocumentDigest(DigestAlgorithm algorithm) {
  return ComputeDigest(algorithm, AsSpan(kDocument));
}

absl::StatusOr<Bytes> NotAsked(DigestAlgorithm) {
  return MakeError(Reason::kInternal, "an enveloping signature has its content");
}

class ArchiveTimestampTest : public ::testing::Test {
 protected:
  Bytes TokenOver(ByteSpan digest) const {
    const X509Ptr certificate = pki_.timestamp_unit.Certificate();
    return enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                                .key = pki_.timestamp_unit.key->evp_pkey(),
                                                .gen_time = TestNow() + absl::Hours(1),
                                                .imprint = digest})
        .value();
  }
  Bytes Archive(const Bytes& cms) const {
    const ArchiveTimestamp timestamp =
        ArchiveTimestamp::Prepare(cms, DigestAlgorithm::kSha256, DocumentDigest).value();
    return timestamp.Complete(TokenOver(timestamp.digest())).value();
  }
  // The values of archive-time-stamp-v3, in the order of the set.
  static std::vector<Bytes> ArchiveTokens(const Bytes& cms) {
    const SignedDataLayout layout = SignedDataLayout::Read(cms).value();
    std::vector<Bytes> tokens;
    for (const AttributeLayout& attribute : layout.unsigned_attributes) {
      if (!attribute.IsOf(cms_oid::kArchiveTimestampV3)) continue;
      tokens.push_back(ToBytes(attribute.values.at(0)));
    }
    return tokens;
  }
  static Bytes ImprintIn(const Bytes& token) {
    const SignedDataLayout layout = SignedDataLayout::Read(token).value();
    DerReader info(*OnlyElement(layout.content, der_tag::kSequence));
    info.TakeAny();
    info.TakeAny();
    DerReader imprint(info.TakeAny()->content);
    imprint.TakeAny();
    return ToBytes(imprint.TakeAny()->content);
  }

  const TestPki pki_ = TestPki::Make();
  const Bytes lt_ =
      AddValidationData(testing::MakeSignature(pki_), testing::MakeValidationData(pki_)).value();
};

TEST_F(ArchiveTimestampTest, RecomputedDigestIsTheTokensImprint) {
  const Bytes lta = Archive(lt_);
  const std::vector<Bytes> tokens = ArchiveTokens(lta);
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(ArchiveTimestampDigest(lta, tokens[0], DocumentDigest).value(), ImprintIn(tokens[0]));
}

TEST_F(ArchiveTimestampTest, OpenSslAcceptsBLtaAndFindsTheAttribute) {
  const Bytes lta = Archive(lt_);
  EXPECT_THAT(testing::OpenSslCmsVerify(pki_, lta, kDocument), IsOk());
  const std::string printed = testing::OpenSslCmsPrint(lta).value();
  EXPECT_THAT(printed, HasSubstr("0.4.0.1733.2.4"));
  EXPECT_THAT(printed, HasSubstr("0.4.0.19122.1.5"));
}

// Written from the clause, not from the code: walks the DER with nothing but DerReader.
TEST_F(ArchiveTimestampTest, ImprintIsOverTheOctetsThatTheClauseLists) {
  DerReader content_info(*OnlyElement(lt_, der_tag::kSequence));
  content_info.TakeAny();
  DerReader data(*OnlyElement(content_info.TakeAny()->content, der_tag::kSequence));
  data.TakeAny();  // version
  data.TakeAny();  // digestAlgorithms
  const ByteSpan content_type = DerReader(data.TakeAny()->content).TakeAny()->whole;
  DerReader certificates(data.TakeAny()->content);
  DerReader revocations(data.TakeAny()->content);
  DerReader signer(*OnlyElement(data.TakeAny()->content, der_tag::kSequence));
  Bytes fields;
  for (int field = 0; field < 6; ++field) Append(fields, signer.TakeAny()->whole);
  DerReader attribute(*OnlyElement(signer.TakeAny()->content, der_tag::kSequence));
  Bytes attribute_octets = ToBytes(attribute.TakeAny()->whole);
  Append(attribute_octets, attribute.TakeAny()->content);

  const auto digests = [](DerReader& elements) {
    Bytes octets;
    while (!elements.AtEnd()) {
      Append(octets, DerOf(der_tag::kOctetString, {Sha256(elements.TakeAny()->whole)}));
    }
    return DerOf(der_tag::kSequence, {octets});
  };
  const Bytes index = DerOf(
      der_tag::kSequence,
      {*FromHex("300b0609608648016503040201"), digests(certificates), digests(revocations),
       DerOf(der_tag::kSequence, {DerOf(der_tag::kOctetString, {Sha256(attribute_octets)})})});
  Bytes stamped = ToBytes(content_type);
  Append(stamped, Sha256(AsSpan(kDocument)));
  Append(stamped, fields);
  Append(stamped, index);

  EXPECT_EQ(ToHex(content_type), "06092a864886f70d010701");
  EXPECT_EQ(ToBytes(ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, DocumentDigest)
                        .value()
                        .digest()),
            ToBytes(Sha256(stamped)));
}

TEST_F(ArchiveTimestampTest, EnvelopedContentIsDigestedWithoutAsking) {
  const Bytes enveloping = Envelop(lt_, AsSpan(kDocument)).value();
  const ArchiveTimestamp of_enveloping =
      ArchiveTimestamp::Prepare(enveloping, DigestAlgorithm::kSha256, NotAsked).value();
  const ArchiveTimestamp of_detached =
      ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, DocumentDigest).value();
  EXPECT_EQ(ToBytes(of_enveloping.digest()), ToBytes(of_detached.digest()));
}

TEST_F(ArchiveTimestampTest, RenewalKeepsTheFirstOneGood) {
  const Bytes once = Archive(lt_);
  const Bytes more =
      AddValidationData(once, {.crls_der = {testing::MakeCrl(pki_.root, 99)}}).value();
  const Bytes twice = Archive(more);
  const std::vector<Bytes> tokens = ArchiveTokens(twice);
  ASSERT_EQ(tokens.size(), 2u);
  for (const Bytes& token : tokens) {
    EXPECT_EQ(ArchiveTimestampDigest(twice, token, DocumentDigest).value(), ImprintIn(token));
  }
}

TEST_F(ArchiveTimestampTest, Sha512IsUsedThroughout) {
  const ArchiveTimestamp timestamp =
      ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha512, DocumentDigest).value();
  EXPECT_EQ(timestamp.digest().size(), 64u);
  const X509Ptr certificate = pki_.timestamp_unit.Certificate();
  const Bytes token =
      enkrat::testing::MakeTimestampToken({.certificate = certificate.get(),
                                           .key = pki_.timestamp_unit.key->evp_pkey(),
                                           .gen_time = TestNow(),
                                           .imprint_algorithm = DigestAlgorithm::kSha512,
                                           .imprint = timestamp.digest()})
          .value();
  const Bytes lta = timestamp.Complete(token).value();
  EXPECT_EQ(ArchiveTimestampDigest(lta, ArchiveTokens(lta).at(0), DocumentDigest).value(),
            ToBytes(timestamp.digest()));
}

TEST_F(ArchiveTimestampTest, AnotherDocumentGivesAnotherDigest) {
  const Bytes lta = Archive(lt_);
  const Bytes token = ArchiveTokens(lta).at(0);
  const auto other = [](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
    return ComputeDigest(algorithm, AsSpan("another document"));
  };
  EXPECT_NE(ArchiveTimestampDigest(lta, token, other).value(), ImprintIn(token));
}

TEST_F(ArchiveTimestampTest, ContentThatWasNotSignedIsNotStamped) {
  const auto other = [](DigestAlgorithm algorithm) -> absl::StatusOr<Bytes> {
    return ComputeDigest(algorithm, AsSpan("another document"));
  };
  EXPECT_THAT(ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, other),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, ContentDigestOfAWrongLengthIsRefused) {
  const auto short_one = [](DigestAlgorithm) -> absl::StatusOr<Bytes> { return Bytes(20); };
  EXPECT_THAT(ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, short_one),
              FailsWith(Reason::kDigestUnsupported));
}

TEST_F(ArchiveTimestampTest, ErrorOfTheContentDigestPassesThrough) {
  EXPECT_THAT(ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, NotAsked),
              FailsWith(Reason::kInternal));
}

TEST_F(ArchiveTimestampTest, TokenOverSomethingElseIsRefused) {
  const ArchiveTimestamp timestamp =
      ArchiveTimestamp::Prepare(lt_, DigestAlgorithm::kSha256, DocumentDigest).value();
  EXPECT_THAT(timestamp.Complete(TokenOver(Sha256(AsSpan("something else")))),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(timestamp.Complete(lt_), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(timestamp.Complete(Bytes()), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, TakenAwayCertificateIsNamed) {
  const Bytes lta = Archive(lt_);
  SignedDataLayout layout = SignedDataLayout::Read(lta).value();
  layout.certificates.pop_back();
  const absl::StatusOr<Bytes> digest =
      ArchiveTimestampDigest(layout.Lay().value(), ArchiveTokens(lta).at(0), DocumentDigest);
  EXPECT_THAT(digest, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest.status().message(), HasSubstr("a certificate"));
}

TEST_F(ArchiveTimestampTest, TakenAwayRevocationDataIsNamed) {
  const Bytes lta = Archive(lt_);
  SignedDataLayout layout = SignedDataLayout::Read(lta).value();
  layout.revocations.erase(layout.revocations.begin());
  const absl::StatusOr<Bytes> digest =
      ArchiveTimestampDigest(layout.Lay().value(), ArchiveTokens(lta).at(0), DocumentDigest);
  EXPECT_THAT(digest, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest.status().message(), HasSubstr("CRL"));
}

TEST_F(ArchiveTimestampTest, TakenAwaySignatureTimestampIsNamed) {
  const Bytes lta = Archive(lt_);
  SignedDataLayout layout = SignedDataLayout::Read(lta).value();
  std::erase_if(layout.unsigned_attributes, [](const AttributeLayout& attribute) {
    return attribute.IsOf(cms_oid::kSignatureTimeStampToken);
  });
  const absl::StatusOr<Bytes> digest =
      ArchiveTimestampDigest(layout.Lay().value(), ArchiveTokens(lta).at(0), DocumentDigest);
  EXPECT_THAT(digest, FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest.status().message(), HasSubstr("unsigned attribute"));
}

// The same signature with another signer in front of its own, who is the second one then.
Bytes WithAnotherSigner(const Bytes& cms) {
  DerReader content_info(*OnlyElement(cms, der_tag::kSequence));
  content_info.TakeAny();
  DerReader fields(*OnlyElement(content_info.TakeAny()->content, der_tag::kSequence));
  Bytes signed_data;
  while (!fields.AtEnd()) {
    const DerElement field = *fields.TakeAny();
    Append(signed_data, fields.AtEnd()
                            ? ByteSpan(DerOf(der_tag::kSet, {field.content, field.content}))
                            : field.whole);
  }
  return DerOf(der_tag::kSequence,
               {DerOid(cms_oid::kSignedData),
                DerOf(der_tag::Constructed(0), {DerOf(der_tag::kSequence, {signed_data})})});
}

TEST_F(ArchiveTimestampTest, OneOfSeveralSignersIsNamedByIndex) {
  const Bytes lta = Archive(lt_);
  const Bytes token = ArchiveTokens(lta).at(0);
  const Bytes two = WithAnotherSigner(lta);
  EXPECT_EQ(ArchiveTimestampDigest(two, token, DocumentDigest, 1).value(), ImprintIn(token));
  EXPECT_THAT(ArchiveTimestampDigest(two, token, DocumentDigest),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ArchiveTimestampDigest(two, token, DocumentDigest, 2),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, SignatureOfSeveralSignersIsNotRaised) {
  const Bytes two = WithAnotherSigner(lt_);
  EXPECT_THAT(ArchiveTimestamp::Prepare(two, DigestAlgorithm::kSha256, DocumentDigest),
              FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(AddValidationData(two, {}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(SignedDataLayout::Read(two, 0).value().Lay(), FailsWith(Reason::kRequestMalformed));
}

// Replaces the token's ATSHashIndex-v3 by these attributes.
Bytes WithIndexes(const Bytes& token, const std::vector<Bytes>& attributes) {
  SignedDataLayout layout = SignedDataLayout::Read(token).value();
  std::erase_if(layout.unsigned_attributes, [](const AttributeLayout& attribute) {
    return attribute.IsOf(cms_oid::kAtsHashIndexV3);
  });
  for (const Bytes& attribute : attributes) {
    layout.unsigned_attributes.push_back(AttributeLayoutOf(attribute));
  }
  return layout.Lay().value();
}

TEST_F(ArchiveTimestampTest, TokenWithoutAnIndexIsRefused) {
  const Bytes lta = Archive(lt_);
  EXPECT_THAT(
      ArchiveTimestampDigest(lta, WithIndexes(ArchiveTokens(lta).at(0), {}), DocumentDigest),
      FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, BrokenIndexesAreRefused) {
  const Bytes lta = Archive(lt_);
  const Bytes token = ArchiveTokens(lta).at(0);
  const Bytes sha256 = *FromHex("300b0609608648016503040201");
  const Bytes sha512 = *FromHex("300b0609608648016503040203");
  const Bytes none = {0x30, 0x00};
  const Bytes number = {0x30, 0x03, 0x02, 0x01, 0x01};
  const auto digest_with = [&](const std::vector<Bytes>& parts) {
    Bytes content;
    for (const Bytes& part : parts) Append(content, part);
    const Bytes index =
        CmsAttribute(cms_oid::kAtsHashIndexV3, DerOf(der_tag::kSequence, {content}));
    return ArchiveTimestampDigest(lta, WithIndexes(token, {index}), DocumentDigest);
  };
  EXPECT_THAT(digest_with({sha256, none, none, none}), IsOk());
  EXPECT_THAT(digest_with({}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest_with({none, none, none}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest_with({sha512, none, none, none}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest_with({sha256, none, none}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest_with({sha256, number, none, none}), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(digest_with({sha256, none, none, none, none}), FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, TwoIndexesAreRefused) {
  const Bytes lta = Archive(lt_);
  const Bytes index = CmsAttribute(cms_oid::kAtsHashIndexV3, *FromHex("3000"));
  const Bytes token = WithIndexes(ArchiveTokens(lta).at(0), {index, index});
  EXPECT_THAT(ArchiveTimestampDigest(lta, token, DocumentDigest),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(ArchiveTimestampTest, IndexIsNotEmptiedWithoutAnotherDigest) {
  const Bytes lta = Archive(lt_);
  const Bytes token = ArchiveTokens(lta).at(0);
  const Bytes empty = CmsAttribute(cms_oid::kAtsHashIndexV3,
                                   *FromHex("3013300b0609608648016503040201300030003000"));
  EXPECT_NE(ArchiveTimestampDigest(lta, WithIndexes(token, {empty}), DocumentDigest).value(),
            ImprintIn(token));
}

}  // namespace
}  // namespace enkrat::ades

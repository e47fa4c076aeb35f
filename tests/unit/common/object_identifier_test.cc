// Object identifiers: dotted decimal against the content octets of X.690 8.19.
#include "common/object_identifier.h"

#include <gtest/gtest.h>

#include <string>

#include "common/cms_oid.h"
#include "common/digest.h"

namespace enkrat {
namespace {

TEST(ObjectIdentifierTest, OidsGoToTextAndBack) {
  const auto content = OidContent("0.4.0.2023.1.1");
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(ToHex(*content), "04008f670101");
  EXPECT_EQ(DottedOid(*content), "0.4.0.2023.1.1");
}

TEST(ObjectIdentifierTest, WhatIsNoDottedOidHasNoContent) {
  EXPECT_FALSE(OidContent("").has_value());
  EXPECT_FALSE(OidContent("timestamping").has_value());
  EXPECT_FALSE(OidContent("3.1").has_value());
  EXPECT_FALSE(OidContent("1..2").has_value());
  EXPECT_FALSE(OidContent(std::string(300, '1')).has_value());
}

TEST(ObjectIdentifierTest, ContentThatIsNoneHasNoText) {
  EXPECT_EQ(DottedOid({}), "");
  EXPECT_EQ(DottedOid(Bytes{0x2a, 0x86}), "");
  EXPECT_EQ(DottedOid(Bytes(200, 0x01)), "");  // more than 256 characters
}

TEST(ObjectIdentifierTest, DigestsHaveTheContentOfTheirDottedOnes) {
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::kSha256, DigestAlgorithm::kSha384, DigestAlgorithm::kSha512}) {
    EXPECT_EQ(OidContent(DigestOid(algorithm)), ToBytes(DigestOidContent(algorithm)));
  }
}

TEST(CmsOidTest, ConstantsAreWhatTheirCommentsSay) {
  EXPECT_EQ(DottedOid(cms_oid::kData), "1.2.840.113549.1.7.1");
  EXPECT_EQ(DottedOid(cms_oid::kSignedData), "1.2.840.113549.1.7.2");
  EXPECT_EQ(DottedOid(cms_oid::kContentType), "1.2.840.113549.1.9.3");
  EXPECT_EQ(DottedOid(cms_oid::kMessageDigest), "1.2.840.113549.1.9.4");
  EXPECT_EQ(DottedOid(cms_oid::kSigningTime), "1.2.840.113549.1.9.5");
  EXPECT_EQ(DottedOid(cms_oid::kSigningCertificateV2), "1.2.840.113549.1.9.16.2.47");
  EXPECT_EQ(DottedOid(cms_oid::kSignatureTimeStampToken), "1.2.840.113549.1.9.16.2.14");
  EXPECT_EQ(DottedOid(cms_oid::kTstInfo), "1.2.840.113549.1.9.16.1.4");
}

}  // namespace
}  // namespace enkrat

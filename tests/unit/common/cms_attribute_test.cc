// Attributes of CMS, octet by octet.
#include "common/cms_attribute.h"

#include <gtest/gtest.h>

#include "common/cms_oid.h"
#include "common/digest.h"

namespace enkrat {
namespace {

TEST(CmsAttributeTest, AttributeIsItsTypeAndASetOfOneValue) {
  EXPECT_EQ(ToHex(CmsAttribute(cms_oid::kMessageDigest, Bytes{0x04, 0x01, 0xaa})),
            "3010"
            "06092a864886f70d010904"
            "3103"
            "0401aa");
}

TEST(CmsAttributeTest, SigningCertificateV2LeavesTheDefaultDigestOut) {
  const Bytes certificate_der = {0x30, 0x00};
  const Bytes issuer_der = {0x30, 0x00};
  const Bytes serial_number_der = {0x02, 0x01, 0x07};
  EXPECT_EQ(ToHex(SigningCertificateV2({.certificate_der = certificate_der,
                                        .issuer_der = issuer_der,
                                        .serial_number_der = serial_number_der})),
            "3031302f302d"
            "0420" +
                ToHex(Sha256(certificate_der)) +
                "3009"
                "3004a4023000"
                "020107");
}

}  // namespace
}  // namespace enkrat

// Policy identifiers of the configuration as content octets.
#include "ca/object_identifiers.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;

TEST(ObjectIdentifierTest, DottedDecimalBecomesContentOctets) {
  EXPECT_EQ(ToHex(oid::FromDotted("0.4.0.194112.1.2").value()), "04008bec400102");
  EXPECT_EQ(oid::FromDotted("2.5.29.56").value(), ToBytes(ByteSpan(oid::kNoRevAvail)));
  EXPECT_EQ(oid::FromDotted("0.4.0.194121.2.1").value(),
            ToBytes(ByteSpan(oid::kValidityAssuredShortTerm)));
  EXPECT_EQ(oid::FromDotted("0.4.0.194121.1.1").value(), ToBytes(ByteSpan(oid::kSemanticsNatural)));
  EXPECT_EQ(oid::FromDotted("0.4.0.1862.1.6.1").value(), ToBytes(ByteSpan(oid::kQcTypeEsign)));
}

TEST(ObjectIdentifierTest, AnythingElseIsRejected) {
  const std::string long_one = "1.3." + std::string(200, '1');
  for (const std::string& text :
       {std::string(), std::string("1"), std::string("commonName"), std::string("1.2.03"),
        std::string("1..2"), std::string("3.1"), std::string("1.2.3 "), std::string(".1.2"),
        std::string("1.2.-3"), std::string("1.2\0.3", 6), long_one}) {
    EXPECT_THAT(oid::FromDotted(text), FailsWith(Reason::kConfigurationInvalid)) << text;
  }
}

}  // namespace
}  // namespace enkrat::ca

// The DER writer against the encodings of X.690, and against OpenSSL's decoder.
#include "ca/der_writer.h"

#include <gtest/gtest.h>

#include "ca/object_identifiers.h"
#include "common/der.h"
#include "tests/support/status_matchers.h"

namespace enkrat::ca {
namespace {

using ::enkrat::testing::FailsWith;

template <typename Write>
std::string Hex(Write write) {
  DerWriter writer(0);
  write(writer);
  return ToHex(std::move(writer).Take());
}

TEST(DerWriterTest, LengthsUpTo127TakeOneOctet) {
  const Bytes content(127, 0xaa);
  EXPECT_EQ(Hex([&](DerWriter& w) { w.Element(der_tag::kOctetString, content); }).substr(0, 6),
            "047faa");
}

TEST(DerWriterTest, LengthsFrom128TakeTheLongForm) {
  const Bytes short_content(128, 0xaa);
  EXPECT_EQ(
      Hex([&](DerWriter& w) { w.Element(der_tag::kOctetString, short_content); }).substr(0, 8),
      "048180aa");
  const Bytes content(70000, 0xaa);
  EXPECT_EQ(Hex([&](DerWriter& w) { w.Element(der_tag::kOctetString, content); }).substr(0, 12),
            "0483011170aa");
}

TEST(DerWriterTest, NestedLongValuesKeepTheirLengths) {
  const Bytes content(200, 0x11);
  const std::string hex = Hex([&](DerWriter& w) {
    w.Nested(der_tag::kSequence, [&] {
      w.Nested(der_tag::kSet, [&] { w.Element(der_tag::kOctetString, content); });
      w.Null();
    });
  });
  EXPECT_EQ(hex.substr(0, 20), "3081d03181cb0481c811");
  EXPECT_EQ(hex.substr(hex.size() - 4), "0500");
}

TEST(DerWriterTest, IntegersAreShortestAndPositive) {
  EXPECT_EQ(Hex([](DerWriter& w) { w.UnsignedInteger({}); }), "020100");
  EXPECT_EQ(Hex([](DerWriter& w) { w.UnsignedInteger(Bytes{0, 0, 0x7f}); }), "02017f");
  EXPECT_EQ(Hex([](DerWriter& w) { w.UnsignedInteger(Bytes{0x80}); }), "02020080");
}

TEST(DerWriterTest, TimesThrough2049AreUtcTimeLaterOnesGeneralizedTime) {
  const absl::Time last =
      absl::FromCivil(absl::CivilSecond(2049, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  const auto hex = [](absl::Time time) { return Hex([&](DerWriter& w) { w.Time(time); }); };
  EXPECT_EQ(hex(last), "170d" + ToHex(AsSpan("491231235959Z")));
  EXPECT_EQ(hex(last + absl::Seconds(1)), "180f" + ToHex(AsSpan("20500101000000Z")));
  EXPECT_EQ(hex(last + absl::Milliseconds(999)), hex(last));
}

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

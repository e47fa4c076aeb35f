// TSTInfo octet for octet, and genTime at its edges (RFC 3161 2.4.2, X.690 11.7).
#include "tsa/tst_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/der_writer.h"
#include "common/object_identifier.h"
#include "tests/unit/tsa/unit_fixture.h"
#include "tsa/timestamp_request.h"

namespace enkrat::tsa {
namespace {

TstInfo FixedInfo() {
  return {.policy = *OidContent("0.4.0.2023.1.1"),
          .imprint_der = EncodeImprint(ImprintOf()),
          .serial_number = Bytes(16, 0x41),
          .gen_time = absl::FromUnixMillis(1'800'000'000'250),
          .accuracy = absl::Seconds(1),
          .nonce = {0x12, 0x34}};
}

TEST(TstInfo, FixedInputsGiveTheGoldenOctets) {
  EXPECT_EQ(ToHex(EncodeTstInfo(FixedInfo())),
            "306b"                            // SEQUENCE
            "020101"                          // version 1
            "060604008f670101"                // policy 0.4.0.2023.1.1
            "302f300b0609608648016503040201"  // messageImprint: SHA-256, no parameters
            "0420d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1"
            "021041414141414141414141414141414141"  // serialNumber
            "1812"                                  // genTime 20270115080000.25Z
            "32303237303131353038303030302e32355a"
            "3003020101"  // accuracy: 1 second
            "02021234");  // nonce
}

TEST(TstInfo, WhatIsWrittenIsReadBack) {
  TstInfo info = FixedInfo();
  info.accuracy = absl::Milliseconds(250);
  const std::optional<TstInfo> read = ParseTstInfo(EncodeTstInfo(info));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->policy, info.policy);
  EXPECT_EQ(read->imprint_der, info.imprint_der);
  EXPECT_EQ(read->serial_number, info.serial_number);
  EXPECT_EQ(read->gen_time, info.gen_time);
  EXPECT_EQ(read->accuracy, info.accuracy);
  EXPECT_EQ(read->nonce, info.nonce);
  EXPECT_FALSE(read->ordering);
}

TEST(TstInfo, AccuracyBelowASecondIsInMilliseconds) {
  TstInfo info = FixedInfo();
  info.accuracy = absl::Milliseconds(100);
  EXPECT_THAT(ToHex(EncodeTstInfo(info)), ::testing::HasSubstr("3003800164"));
}

TEST(TstInfo, EveryPrefixIsRefused) {
  const Bytes whole = EncodeTstInfo(FixedInfo());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseTstInfo(ByteSpan(whole).subspan(0, size)).has_value()) << size;
  }
}

// What somebody else may send, field by field.
Bytes Info(std::initializer_list<ByteSpan> optional_fields, ByteSpan version = DerInteger(1)) {
  Bytes rest;
  for (const ByteSpan field : optional_fields) Append(rest, field);
  return DerOf(der_tag::kSequence,
               {version, DerOid(*OidContent("1.2.3")), EncodeImprint(ImprintOf()), DerInteger(7),
                DerOf(der_tag::kGeneralizedTime, {AsSpan("20270115080000Z")}), rest});
}

TEST(TstInfo, AllOptionalFieldsOfOthersAreAccepted) {
  const Bytes name = DerOf(der_tag::Constructed(0), {DerOf(der_tag::Constructed(4), {Bytes{}})});
  const Bytes extension = DerOf(
      der_tag::kSequence, {DerOid(*OidContent("1.2.4")), DerOf(der_tag::kOctetString, {Bytes{}})});
  const Bytes der = Info(
      {Bytes{0x30, 0x0a, 0x02, 0x01, 0x02, 0x80, 0x01, 0x03, 0x81, 0x02, 0x00, 0xff},
       Bytes{0x01, 0x01, 0xff}, DerInteger(9), name, DerOf(der_tag::Constructed(1), {extension})});
  const std::optional<TstInfo> info = ParseTstInfo(der);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->accuracy, absl::Seconds(2) + absl::Milliseconds(3) + absl::Microseconds(255));
  EXPECT_TRUE(info->ordering);
  EXPECT_EQ(info->nonce, Bytes{9});
}

TEST(TstInfo, AnotherVersionIsRefused) {
  EXPECT_TRUE(ParseTstInfo(Info({})).has_value());
  EXPECT_FALSE(ParseTstInfo(Info({}, DerInteger(2))).has_value());
}

TEST(TstInfo, CriticalExtensionIsRefused) {
  const Bytes extension =
      DerOf(der_tag::kSequence, {DerOid(*OidContent("1.2.4")), Bytes{0x01, 0x01, 0xff},
                                 DerOf(der_tag::kOctetString, {Bytes{}})});
  EXPECT_FALSE(ParseTstInfo(Info({DerOf(der_tag::Constructed(1), {extension})})).has_value());
}

TEST(TstInfo, AccuracyOfAThousandMillisecondsIsRefused) {
  EXPECT_FALSE(ParseTstInfo(Info({Bytes{0x30, 0x04, 0x80, 0x02, 0x03, 0xe8}})).has_value());
}

TEST(GenTime, HasMillisecondsWithoutTrailingZeros) {
  const absl::Time whole = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(EncodeGenTime(whole), "20270115080000Z");
  EXPECT_EQ(EncodeGenTime(whole + absl::Milliseconds(1)), "20270115080000.001Z");
  EXPECT_EQ(EncodeGenTime(whole + absl::Milliseconds(20)), "20270115080000.02Z");
  EXPECT_EQ(EncodeGenTime(whole + absl::Milliseconds(300)), "20270115080000.3Z");
  EXPECT_EQ(EncodeGenTime(whole + absl::Microseconds(999)), "20270115080000Z");
}

TEST(GenTime, EveryMillisecondIsReadBack) {
  for (int i = 0; i < 1000; ++i) {
    const absl::Time time = absl::FromUnixSeconds(1'800'000'059) + absl::Milliseconds(i);
    const std::string text = EncodeGenTime(time);
    const std::optional<absl::Time> read = ParseGenTime(AsSpan(text));
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, time) << text;
  }
}

class GenTimeIsRefused : public ::testing::TestWithParam<const char*> {};

TEST_P(GenTimeIsRefused, Text) { EXPECT_FALSE(ParseGenTime(AsSpan(GetParam())).has_value()); }

INSTANTIATE_TEST_SUITE_P(X690, GenTimeIsRefused,
                         ::testing::Values("", "Z", "20270115080000", "202701150800Z",
                                           "20270115080000+0100", "20270115080000.Z",
                                           "20270115080000.10Z", "20270115080000,5Z",
                                           "20270230080000Z", "20271315080000Z", "20270115240000Z",
                                           "20270115086000Z", "20270115080061Z", "2027011508000aZ",
                                           "20270115080000.0000000001Z", "20270115080000.1aZ",
                                           "-0270115080000Z", "20270115080000.ZZ"));

}  // namespace
}  // namespace enkrat::tsa

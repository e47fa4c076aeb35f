// DER at the lowest level: what the reader takes and refuses, what the writer lays out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tsa/der_reader.h"
#include "tsa/der_writer.h"

namespace enkrat::tsa {
namespace {

struct BrokenCase {
  std::string name;
  Bytes der;
};

class DerReaderRefuses : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(DerReaderRefuses, Element) {
  DerReader reader(GetParam().der);
  EXPECT_FALSE(reader.TakeAny().has_value());
  EXPECT_EQ(reader.AtEnd(), GetParam().der.empty()) << "nothing may be taken";
}

INSTANTIATE_TEST_SUITE_P(
    X690, DerReaderRefuses,
    ::testing::Values(BrokenCase{"NothingAtAll", {}}, BrokenCase{"TagAlone", {0x30}},
                      BrokenCase{"ContentCutShort", {0x04, 0x03, 0x01, 0x02}},
                      BrokenCase{"IndefiniteLength", {0x30, 0x80, 0x00, 0x00}},
                      BrokenCase{"LongFormForShortLength", {0x04, 0x81, 0x01, 0xaa}},
                      BrokenCase{"LengthWithLeadingZero", Bytes({0x04, 0x82, 0x00, 0x80})},
                      BrokenCase{"LengthOctetsMissing", {0x04, 0x82, 0x01}},
                      BrokenCase{"LengthOfFiveOctets", {0x04, 0x85, 0x01, 0, 0, 0, 0}},
                      BrokenCase{"LengthBeyondMemory", {0x04, 0x84, 0xff, 0xff, 0xff, 0xff}},
                      BrokenCase{"HighTagNumber", {0x1f, 0x20, 0x00}}),
    [](const auto& tested) { return tested.param.name; });

TEST(DerReader, ElementOfAnotherTagIsLeftWhereItIs) {
  const Bytes der = {0x02, 0x01, 0x05};
  DerReader reader(der);
  EXPECT_FALSE(reader.Take(kTagOctetString).has_value());
  ASSERT_TRUE(reader.Take(kTagInteger).has_value());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(DerReader, OnlyElementRefusesOctetsBehindIt) {
  EXPECT_FALSE(OnlyElement(Bytes{0x05, 0x00, 0x00}, kTagNull).has_value());
  EXPECT_TRUE(OnlyElement(Bytes{0x05, 0x00}, kTagNull).has_value());
}

TEST(DerReader, IntegerMustBeInShortestForm) {
  EXPECT_FALSE(IsInteger(Bytes{}));
  EXPECT_FALSE(IsInteger(Bytes{0x00, 0x7f}));
  EXPECT_FALSE(IsInteger(Bytes{0xff, 0x80}));
  EXPECT_TRUE(IsInteger(Bytes{0x00}));
  EXPECT_TRUE(IsInteger(Bytes{0x00, 0x80}));
  EXPECT_TRUE(IsInteger(Bytes{0xff, 0x7f}));
}

TEST(DerReader, OidMustBeWholeAndInShortestForm) {
  EXPECT_FALSE(IsOid(Bytes{}));
  EXPECT_FALSE(IsOid(Bytes{0x2a, 0x86}));
  EXPECT_FALSE(IsOid(Bytes{0x2a, 0x80, 0x01}));
  EXPECT_TRUE(IsOid(Bytes{0x2a, 0x86, 0x48}));
}

TEST(DerWriter, LengthsTakeTheShortestForm) {
  EXPECT_EQ(DerOf(0x04, {Bytes(0x7f)}).size(), 2u + 0x7f);
  const Bytes of_128 = DerOf(0x04, {Bytes(0x80)});
  EXPECT_EQ(Bytes(of_128.begin(), of_128.begin() + 3), (Bytes{0x04, 0x81, 0x80}));
  const Bytes of_256 = DerOf(0x04, {Bytes(0x100)});
  EXPECT_EQ(Bytes(of_256.begin(), of_256.begin() + 4), (Bytes{0x04, 0x82, 0x01, 0x00}));
}

TEST(DerWriter, WhatItWritesTheReaderTakes) {
  for (const size_t size : {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000}) {
    const Bytes der = DerOf(kTagOctetString, {Bytes(size, 0x5a)});
    const auto content = OnlyElement(der, kTagOctetString);
    ASSERT_TRUE(content.has_value()) << size;
    EXPECT_EQ(content->size(), size);
  }
}

TEST(DerWriter, IntegersStayPositive) {
  EXPECT_EQ(DerInteger(0), (Bytes{0x02, 0x01, 0x00}));
  EXPECT_EQ(DerInteger(127), (Bytes{0x02, 0x01, 0x7f}));
  EXPECT_EQ(DerInteger(128), (Bytes{0x02, 0x02, 0x00, 0x80}));
  EXPECT_EQ(DerInteger(256), (Bytes{0x02, 0x02, 0x01, 0x00}));
  EXPECT_EQ(DerInteger(~uint64_t{0}),
            (Bytes{0x02, 0x09, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

TEST(DerWriter, SetElementsAreInAscendingOrder) {
  const Bytes low = {0x02, 0x01, 0x01};
  const Bytes high = {0x04, 0x00};
  EXPECT_EQ(DerSetOf(kTagSet, {high, low}), DerOf(kTagSet, {low, high}));
}

TEST(DerWriter, OidsGoToTextAndBack) {
  const auto content = OidContent("0.4.0.2023.1.1");
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(ToHex(*content), "04008f670101");
  EXPECT_EQ(DottedOid(*content), "0.4.0.2023.1.1");
}

TEST(DerWriter, WhatIsNoDottedOidHasNoContent) {
  EXPECT_FALSE(OidContent("").has_value());
  EXPECT_FALSE(OidContent("timestamping").has_value());
  EXPECT_FALSE(OidContent("3.1").has_value());
  EXPECT_FALSE(OidContent("1..2").has_value());
  EXPECT_FALSE(OidContent(std::string(300, '1')).has_value());
}

}  // namespace
}  // namespace enkrat::tsa

// DER of strangers: what the reader takes and refuses.
#include "common/der_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "common/der_tag.h"

namespace enkrat {
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
  EXPECT_FALSE(reader.Take(der_tag::kOctetString).has_value());
  ASSERT_TRUE(reader.Take(der_tag::kInteger).has_value());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(DerReader, ElementsAreTakenInOrderWithTagContentAndWhole) {
  const Bytes der = {0x02, 0x01, 0x05, 0x30, 0x02, 0x05, 0x00};
  DerReader reader(der);
  EXPECT_TRUE(reader.NextIs(der_tag::kInteger));
  ASSERT_TRUE(reader.TakeAny().has_value());
  const auto sequence = reader.TakeAny();
  ASSERT_TRUE(sequence.has_value());
  EXPECT_EQ(sequence->tag, der_tag::kSequence);
  EXPECT_EQ(ToBytes(sequence->content), (Bytes{0x05, 0x00}));
  EXPECT_EQ(ToBytes(sequence->whole), (Bytes{0x30, 0x02, 0x05, 0x00}));
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_FALSE(reader.NextIs(der_tag::kInteger));
}

TEST(DerReader, BrokenElementIsNotTakenAsItsTag) {
  const Bytes der = {0x02, 0x02, 0x05};
  DerReader reader(der);
  EXPECT_FALSE(reader.Take(der_tag::kInteger).has_value());
  EXPECT_FALSE(reader.AtEnd());
}

TEST(DerReader, OnlyElementRefusesOctetsBehindIt) {
  EXPECT_FALSE(OnlyElement(Bytes{0x05, 0x00, 0x00}, der_tag::kNull).has_value());
  EXPECT_TRUE(OnlyElement(Bytes{0x05, 0x00}, der_tag::kNull).has_value());
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

}  // namespace
}  // namespace enkrat

// The DER writer against the encodings of X.690.
#include "common/der_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "common/der_reader.h"

namespace enkrat {
namespace {

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

TEST(DerWriterTest, BitStringHasNoUnusedBitsAndTrueIsAllOnes) {
  EXPECT_EQ(Hex([](DerWriter& w) { w.BitString(Bytes{0xab, 0xcd}); }), "030300abcd");
  EXPECT_EQ(Hex([](DerWriter& w) { w.True(); }), "0101ff");
}

TEST(DerWriterTest, TimesBefore1950AreGeneralizedTime) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1950, 1, 1), absl::UTCTimeZone());
  const auto hex = [](absl::Time time) { return Hex([&](DerWriter& w) { w.Time(time); }); };
  EXPECT_EQ(hex(first), "170d" + ToHex(AsSpan("500101000000Z")));
  EXPECT_EQ(hex(first - absl::Seconds(1)), "180f" + ToHex(AsSpan("19491231235959Z")));
}

TEST(DerWriterTest, TimesThrough2049AreUtcTimeLaterOnesGeneralizedTime) {
  const absl::Time last =
      absl::FromCivil(absl::CivilSecond(2049, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  const auto hex = [](absl::Time time) { return Hex([&](DerWriter& w) { w.Time(time); }); };
  EXPECT_EQ(hex(last), "170d" + ToHex(AsSpan("491231235959Z")));
  EXPECT_EQ(hex(last + absl::Seconds(1)), "180f" + ToHex(AsSpan("20500101000000Z")));
  EXPECT_EQ(hex(last + absl::Milliseconds(999)), hex(last));
}

TEST(DerOfTest, LengthsTakeTheShortestForm) {
  EXPECT_EQ(DerOf(0x04, {Bytes(0x7f)}).size(), 2u + 0x7f);
  const Bytes of_128 = DerOf(0x04, {Bytes(0x80)});
  EXPECT_EQ(Bytes(of_128.begin(), of_128.begin() + 3), (Bytes{0x04, 0x81, 0x80}));
  const Bytes of_256 = DerOf(0x04, {Bytes(0x100)});
  EXPECT_EQ(Bytes(of_256.begin(), of_256.begin() + 4), (Bytes{0x04, 0x82, 0x01, 0x00}));
}

TEST(DerOfTest, WhatItWritesTheReaderTakes) {
  for (const size_t size : {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000}) {
    const Bytes der = DerOf(der_tag::kOctetString, {Bytes(size, 0x5a)});
    const auto content = OnlyElement(der, der_tag::kOctetString);
    ASSERT_TRUE(content.has_value()) << size;
    EXPECT_EQ(content->size(), size);
  }
}

TEST(DerIntegerTest, NumbersStayPositive) {
  EXPECT_EQ(DerInteger(0), (Bytes{0x02, 0x01, 0x00}));
  EXPECT_EQ(DerInteger(127), (Bytes{0x02, 0x01, 0x7f}));
  EXPECT_EQ(DerInteger(128), (Bytes{0x02, 0x02, 0x00, 0x80}));
  EXPECT_EQ(DerInteger(256), (Bytes{0x02, 0x02, 0x01, 0x00}));
  EXPECT_EQ(DerInteger(~uint64_t{0}),
            (Bytes{0x02, 0x09, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

TEST(DerSetOfTest, ElementsAreInAscendingOrder) {
  const Bytes low = {0x02, 0x01, 0x01};
  const Bytes high = {0x04, 0x00};
  EXPECT_EQ(DerSetOf(der_tag::kSet, {high, low}), DerOf(der_tag::kSet, {low, high}));
}

}  // namespace
}  // namespace enkrat

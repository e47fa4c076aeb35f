#include "common/bytes.h"

#include <gtest/gtest.h>

namespace enkrat {
namespace {

TEST(HexTest, RoundTripsAndAcceptsBothCases) {
  EXPECT_EQ(ToHex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(FromHex("00AbfF"), (Bytes{0x00, 0xab, 0xff}));
  EXPECT_EQ(FromHex(""), Bytes{});
}

TEST(HexTest, OddLengthAndForeignCharactersAreRejected) {
  EXPECT_EQ(FromHex("abc"), std::nullopt);
  EXPECT_EQ(FromHex("0x"), std::nullopt);
  EXPECT_EQ(FromHex("a "), std::nullopt);
}

// RFC 4648 section 10.
TEST(Base64Test, VectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(ToBase64(AsSpan(plain)), encoded);
    EXPECT_EQ(FromBase64(encoded), ToBytes(absl::string_view(plain)));
  }
}

TEST(Base64Test, SecondSpellingsAreRejected) {
  EXPECT_EQ(FromBase64("Zg"), std::nullopt) << "padding missing";
  EXPECT_EQ(FromBase64("Zh=="), std::nullopt) << "stray bits";
  EXPECT_EQ(FromBase64("Zm9v\n"), std::nullopt) << "white space";
  EXPECT_EQ(FromBase64("Z==="), std::nullopt) << "too much padding";
  EXPECT_EQ(FromBase64("Zm=v"), std::nullopt) << "padding inside";
}

TEST(Base64UrlTest, UsesTheUrlAlphabetWithoutPadding) {
  EXPECT_EQ(ToBase64Url(Bytes{0xfb, 0xff}), "-_8");
  EXPECT_EQ(FromBase64Url("-_8"), (Bytes{0xfb, 0xff}));
}

TEST(Base64UrlTest, SecondSpellingsAreRejected) {
  EXPECT_EQ(FromBase64Url("-_9"), std::nullopt) << "stray bits";
  EXPECT_EQ(FromBase64Url("-_8="), std::nullopt) << "padding";
  EXPECT_EQ(FromBase64Url("+/8"), std::nullopt) << "the other alphabet";
  EXPECT_EQ(FromBase64Url("A"), std::nullopt) << "six bits are no octet";
}

TEST(ConstantTimeEqualTest, ComparesContentAndLength) {
  EXPECT_TRUE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
  EXPECT_FALSE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1}));
}

}  // namespace
}  // namespace enkrat

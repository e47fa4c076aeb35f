// The visible signature, looked at as a picture: rendered by poppler, pixel by pixel.
#include "pades/appearance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/file.h"
#include "tests/support/paths.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/rendered_page.h"
#include "tests/unit/pades/test_images.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::Colour;
using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::MakeJpeg;
using ::enkrat::testing::MakePng;
using ::enkrat::testing::PageWith;
using ::enkrat::testing::RenderedPage;
using ::enkrat::testing::ScratchFolder;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Rectangle kPlace{.left = 40, .bottom = 60, .width = 220, .height = 80};

Appearance Words(const std::string& text) { return {.place = kPlace, .text = text}; }

absl::Status Drawn(const Appearance& appearance) {
  UpdateObjects objects(1);
  return DrawAppearance(appearance, objects).status();
}

TEST(AppearanceTest, LettersOfManyLanguagesAreShownAndCanBeCopied) {
  const RenderedPage page(
      Words("Črt Šifrer, Žalec, ćud, đak\nΑθήνα, Ελλάδα\nСофия, Київ\nÅse Þór Łódź ğışı"));
  for (const char* const word :
       {"Črt Šifrer, Žalec, ćud, đak", "Αθήνα, Ελλάδα", "София, Київ", "Åse Þór Łódź ğışı"}) {
    EXPECT_THAT(page.text(), HasSubstr(word));
  }
  EXPECT_GT(page.DarkInk(kPlace), 2000);
}

TEST(AppearanceTest, FontIsEmbeddedAndCutDown) {
  const RenderedPage page(Words("Č Š Ž"));
  EXPECT_THAT(page.fonts(), ::testing::ContainsRegex(
                                "[A-Z]{6}\\+DejaVuSans +CID TrueType +Identity-H +yes yes yes"));
  EXPECT_LT(PageWith(Words("Č Š Ž")).size(), 8000u);
}

TEST(AppearanceTest, NothingIsDrawnOutsideThePlace) {
  const RenderedPage page({.place = kPlace,
                           .text = "Some words\nand more of them",
                           .image = MakePng({.pixel = {200, 30, 40}})});
  EXPECT_EQ(page.Ink(kPlace), page.Ink(RenderedPage::Whole()));
  EXPECT_GT(page.Ink(kPlace), 0);
}

TEST(AppearanceTest, ImageStandsLeftOfTheTextInItsColoursAndShape) {
  const RenderedPage page(
      {.place = kPlace, .text = "Words", .image = MakePng({.pixel = {200, 30, 40}})});
  // Square, as high as the place without its margins.
  const Colour centre = page.At(40 + 5 + 35, 100);
  EXPECT_EQ(centre.red, 200);
  EXPECT_EQ(centre.green, 30);
  EXPECT_EQ(centre.blue, 40);
  EXPECT_EQ(page.At(40 + 5 + 1, 100).red, 200);
  EXPECT_EQ(page.At(40 + 5 + 69, 60 + 5 + 69).red, 200);
  EXPECT_TRUE(page.At(40 + 5 + 71, 100).IsWhite());
  EXPECT_GT(page.DarkInk({.left = 120, .bottom = 60, .width = 140, .height = 80}), 200);
  EXPECT_EQ(page.DarkInk({.left = 41, .bottom = 61, .width = 73, .height = 78}), 0);
}

TEST(AppearanceTest, ImageAloneStandsInTheMiddle) {
  const RenderedPage page({.place = kPlace, .image = MakePng({.pixel = {10, 180, 40}})});
  EXPECT_EQ(page.At(150, 100).green, 180);
  EXPECT_TRUE(page.At(150 - 37, 100).IsWhite());
  EXPECT_TRUE(page.At(150 + 37, 100).IsWhite());
  EXPECT_EQ(page.fonts().find("DejaVu"), std::string::npos);
}

TEST(AppearanceTest, TransparentPixelsLetThePageShine) {
  const RenderedPage page(
      {.place = kPlace, .image = MakePng({.colour_type = 6, .pixel = {0, 0, 0, 0}})});
  EXPECT_TRUE(page.At(150, 100).IsWhite());
  const RenderedPage half(
      {.place = kPlace, .image = MakePng({.colour_type = 6, .pixel = {0, 0, 0, 128}})});
  EXPECT_NEAR(half.At(150, 100).red, 127, 2);
}

TEST(AppearanceTest, JpegShowsItsColours) {
  const RenderedPage grey({.place = kPlace, .image = MakeJpeg(1, 60)});
  EXPECT_NEAR(grey.At(150, 100).red, 60, 4);
  EXPECT_NEAR(grey.At(150, 100).blue, 60, 4);
  const RenderedPage colour({.place = kPlace, .image = MakeJpeg(3, 160)});  // Y = Cb = Cr = 160
  EXPECT_NEAR(colour.At(150, 100).red, 160 + 45, 6);
  EXPECT_NEAR(colour.At(150, 100).green, 160 - 34, 6);
}

TEST(AppearanceTest, AdobesCmykIsTurnedRound) {
  const Bytes adobe = testing::JpegSegment(0xEE, {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0});
  const RenderedPage page({.place = kPlace, .image = MakeJpeg(4, 250, adobe)});
  EXPECT_GT(page.At(150, 100).red, 230);  // 250 of 255 is almost no ink
  const RenderedPage plain({.place = kPlace, .image = MakeJpeg(4, 250)});
  EXPECT_LT(plain.At(150, 100).red, 40);
}

TEST(AppearanceTest, LongLinesAreBrokenBetweenWords) {
  const std::string word = "signature ";
  std::string text;
  for (int i = 0; i < 12; ++i) text += word;
  const RenderedPage page(Words(text));
  EXPECT_EQ(page.Ink(kPlace), page.Ink(RenderedPage::Whole()));
  size_t found = 0;
  for (size_t at = page.text().find("signature"); at != std::string::npos;
       at = page.text().find("signature", at + 1)) {
    ++found;
  }
  EXPECT_EQ(found, 12u);
}

TEST(AppearanceTest, WhatDoesNotFitEndsInAnEllipsis) {
  Appearance appearance = Words(std::string(300, 'w') + "\nsecond\nthird");
  appearance.place = {.left = 100, .bottom = 100, .width = 60, .height = 12};
  const RenderedPage page(appearance);
  EXPECT_THAT(page.text(), HasSubstr("…"));
  EXPECT_THAT(page.text(), Not(HasSubstr("third")));
  EXPECT_EQ(page.Ink(appearance.place), page.Ink(RenderedPage::Whole()));
}

TEST(AppearanceTest, PlaceTooSmallForTextShowsTheFrameAlone) {
  Appearance appearance = Words("Words");
  appearance.place = {.left = 100, .bottom = 100, .width = 3, .height = 3};
  const RenderedPage page(appearance);
  EXPECT_EQ(page.text().find_first_not_of(" \n\f"), std::string::npos);
}

TEST(AppearanceTest, MissingCharacterBecomesTheReplacementCharacter) {
  EXPECT_THAT(RenderedPage(Words("before 漢 after")).text(), HasSubstr("before \uFFFD after"));
}

TEST(AppearanceTest, CombiningMarksAndScriptsToTheLeftAreShaped) {
  const RenderedPage page(Words("Z\u030Cagar \u05E9\u05DC\u05D5\u05DD\nfinis"));
  EXPECT_THAT(page.text(), HasSubstr("Žagar"));
  EXPECT_THAT(page.text(), HasSubstr("\u05E9\u05DC\u05D5\u05DD"));
  EXPECT_THAT(page.text(), HasSubstr("finis"));
}

TEST(AppearanceTest, SameInputGivesTheSameOctets) {
  const Appearance appearance{.place = kPlace,
                              .text = "Črt\nŠifrer",
                              .image = MakePng({.colour_type = 6, .pixel = {1, 2, 3, 4}})};
  EXPECT_EQ(PageWith(appearance), PageWith(appearance));
}

TEST(AppearanceTest, MetadataOfImagesStaysOut) {
  const std::string secret = "Exif GPS 46.05 14.5";
  Bytes more = testing::JpegSegment(0xE1, ToBytes(secret));
  Append(more, testing::JpegSegment(0xFE, ToBytes(secret)));
  EXPECT_THAT(ToString(PageWith({.place = kPlace, .image = MakeJpeg(3, 90, more)})),
              Not(HasSubstr(secret)));
}

TEST(AppearanceTest, PlaceWithoutAreaOrEndIsRejected) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  for (const Rectangle& place :
       {Rectangle{0, 0, 0, 10}, Rectangle{0, 0, 10, 0}, Rectangle{0, 0, -10, 10},
        Rectangle{0, 0, 10, -1}, Rectangle{nan, 0, 10, 10}, Rectangle{0, nan, 10, 10},
        Rectangle{0, 0, nan, 10}, Rectangle{0, 0, 10, nan}, Rectangle{0, 0, infinite, 10},
        Rectangle{-infinite, 0, 10, 10}, Rectangle{0, 0, 1e-9, 1e-9}}) {
    EXPECT_THAT(Drawn({.place = place, .text = "a"}), FailsWith(Reason::kRequestMalformed));
  }
}

TEST(AppearanceTest, PlaceBeyondAnyPageIsRejected) {
  EXPECT_THAT(Drawn({.place = {0, 0, 20000, 10}, .text = "a"}), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(Drawn({.place = {1e300, 0, 20, 10}, .text = "a"}), FailsWith(Reason::kLimitExceeded));
}

TEST(AppearanceTest, NothingToShowIsRejected) {
  EXPECT_THAT(Drawn(Words("")), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(Drawn(Words(" \n ")), FailsWith(Reason::kRequestMalformed));
}

TEST(AppearanceTest, TextThatIsNotToBeSeenIsRejected) {
  for (const std::string& text :
       {std::string("\xC4"), std::string("\xED\xA0\x80"), std::string("a\x01z"),
        std::string("a\0b", 3), std::string("a\u202Eb"), std::string("a\u200Bb"),
        std::string("a\tb"), std::string("a\rb"), std::string("a\u2028b")}) {
    EXPECT_THAT(Drawn(Words(text)), FailsWith(Reason::kRequestMalformed)) << text;
  }
}

TEST(AppearanceTest, TooMuchTextIsRejected) {
  EXPECT_THAT(Drawn(Words(absl::StrJoin(std::vector<int>(16, 1), "\n"))), IsOk());
  EXPECT_THAT(Drawn(Words(absl::StrJoin(std::vector<int>(17, 1), "\n"))),
              FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(Drawn(Words(std::string(512, 'a'))), IsOk());
  EXPECT_THAT(Drawn(Words(std::string(513, 'a'))), FailsWith(Reason::kLimitExceeded));
}

TEST(AppearanceTest, UnusableFontIsTheOperatorsFault) {
  const ScratchFolder folder;
  const std::string damaged = folder.File("font.ttf");
  ASSERT_OK_AND_ASSIGN(Bytes font, ReadFile(Appearance().font_file, 16 << 20));
  for (const size_t size : {size_t{0}, size_t{3}, size_t{100}, size_t{400}}) {
    ASSERT_THAT(WriteFile(damaged, ByteSpan(font).subspan(0, size), {.overwrite = true}), IsOk());
    EXPECT_THAT(Drawn({.place = kPlace, .text = "a", .font_file = damaged}),
                FailsWith(Reason::kConfigurationInvalid))
        << size;
  }
  EXPECT_THAT(Drawn({.place = kPlace, .text = "a", .font_file = folder.File("none.ttf")}),
              FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::pades

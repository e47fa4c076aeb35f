#include "common/text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

TEST(VisibleTextTest, NamesOfManyScriptsAreAccepted) {
  for (const char* name : {"Žiga Čuš", "Ελένη", "Іван", "王小明", "O'Brien-Smith", "x"}) {
    EXPECT_THAT(CheckVisibleText(name, 64), IsOk()) << name;
  }
}

TEST(VisibleTextTest, WhatCouldDeceiveAReaderIsRejected) {
  const absl::string_view hostile[] = {
      "",
      absl::string_view("a\0b", 3),
      "a\nb",
      "a\x1b[31m",
      "a\x7f",
      "a\xc2\x85",  // C1 control
      "abc\xe2\x80\xae"
      "fdp",  // right-to-left override
      "a\xe2\x80\x8b"
      "b",  // zero-width space
      "a\xe2\x80\xa8"
      "b",  // line separator
      "\xef\xbb\xbf"
      "a",              // byte order mark
      "a\xee\x80\x80",  // private use
      " a",
      "a ",
  };
  for (const absl::string_view text : hostile) {
    EXPECT_THAT(CheckVisibleText(text, 64), FailsWith(Reason::kRequestMalformed));
  }
}

TEST(VisibleTextTest, CharactersThatShowNothingAreRejectedWhereverTheyStand) {
  const char* invisible[] = {
      "\u00AD",      // soft hyphen
      "\u034F",      // combining grapheme joiner
      "\u115F",      // Hangul choseong filler
      "\u1160",      // Hangul jungseong filler
      "\u17B4",      // Khmer inherent vowel
      "\u180B",      // Mongolian variation selector
      "\u180F",      // Mongolian variation selector of Unicode 14
      "\u2800",      // blank Braille pattern
      "\u3164",      // Hangul filler
      "\uFE00",      // variation selectors
      "\uFE0F",      //
      "\uFFA0",      // halfwidth Hangul filler
      "\U0001D159",  // musical symbol null notehead
      "\U000E0001",  // language tag
      "\U000E0100",  // variation selector 17
      "\U000E0FFF",  // unassigned, and ignorable already
  };
  for (const std::string text : invisible) {
    EXPECT_THAT(CheckVisibleText(text, 64), FailsWith(Reason::kRequestMalformed)) << text;
    EXPECT_THAT(CheckVisibleText("a" + text, 64), FailsWith(Reason::kRequestMalformed)) << text;
    EXPECT_THAT(CheckVisibleText("a" + text + "b", 64), FailsWith(Reason::kRequestMalformed))
        << text;
  }
}

TEST(VisibleTextTest, SpacesOfAnyWidthAtTheEndsAreRejected) {
  for (const std::string space : {" ", "\u00A0", "\u2003", "\u202F", "\u205F", "\u3000"}) {
    EXPECT_THAT(CheckVisibleText(space, 64), FailsWith(Reason::kRequestMalformed)) << space;
    EXPECT_THAT(CheckVisibleText(space + "a", 64), FailsWith(Reason::kRequestMalformed)) << space;
    EXPECT_THAT(CheckVisibleText("a" + space, 64), FailsWith(Reason::kRequestMalformed)) << space;
    EXPECT_THAT(CheckVisibleText("a" + space + "b", 64), IsOk()) << space;
  }
}

TEST(VisibleTextTest, CombiningMarkInFrontIsRejected) {
  for (const std::string mark : {"\u030C", "\u0903", "\u20DD"}) {  // of all three categories
    EXPECT_THAT(CheckVisibleText(mark + "a", 64), FailsWith(Reason::kRequestMalformed)) << mark;
    EXPECT_THAT(CheckVisibleText("a" + mark, 64), IsOk()) << mark;
  }
}

TEST(PersonNameTest, NamesOfManyScriptsAreAccepted) {
  for (const char* name : {"Žiga Čuš", "Ελένη", "Іван", "王小明", "O'Brien-Smith", "أحمد", "नेहा",
                           "สมชาย", "Ng", "Ж", "ǅ", "ʻOkina", "Louis XIV", "R2"}) {
    EXPECT_THAT(CheckPersonName(name, 64), IsOk()) << name;
  }
}

TEST(PersonNameTest, WhatHasNoLetterIsRejected) {
  for (const char* name : {"-", "'", ".", "---", "12", "٣", "€", "☺", "- -", "Ⅷ", "1\u030C"}) {
    EXPECT_THAT(CheckPersonName(name, 64), FailsWith(Reason::kRequestMalformed)) << name;
    EXPECT_THAT(CheckVisibleText(name, 64), IsOk()) << name;  // well enough for a label
  }
}

TEST(PersonNameTest, LetterDoesNotSaveWhatCannotBeSeen) {
  for (const char* name : {"", "a\u3164", "\u3164", " a", "a\u202E", "\u0301a", "a\xff"}) {
    EXPECT_THAT(CheckPersonName(name, 64), FailsWith(Reason::kRequestMalformed)) << name;
  }
  EXPECT_THAT(CheckPersonName(std::string(65, 'a'), 64), FailsWith(Reason::kLimitExceeded));
}

TEST(VisibleTextTest, WhatIsNotUtf8IsRejected) {
  for (const char* text : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_THAT(CheckVisibleText(text, 64), FailsWith(Reason::kRequestMalformed));
    EXPECT_THAT(NormaliseText(text), FailsWith(Reason::kRequestMalformed));
  }
}

TEST(VisibleTextTest, LengthIsCountedInCharacters) {
  EXPECT_THAT(CheckVisibleText("ščž", 3), IsOk());
  EXPECT_THAT(CheckVisibleText("ščžx", 3), FailsWith(Reason::kLimitExceeded));
}

TEST(NormaliseTextTest, ComposesWhatWasDecomposed) {
  EXPECT_EQ(*NormaliseText("Z\xcc\x8c"), "\xc5\xbd");
}

}  // namespace
}  // namespace enkrat

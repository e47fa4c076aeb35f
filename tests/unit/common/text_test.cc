#include "common/text.h"

#include <gtest/gtest.h>

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

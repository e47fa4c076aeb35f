// Where a signature is to be seen in a PDF, from the command line's words.
#include "cli/pdf_arguments.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

using testing::IsOk;

TEST(PdfArgumentsTest, PlaceIsFiveNumbers) {
  ASSERT_OK_AND_ASSIGN(const auto options, PdfOptionsOf({.visible = "-1,50,60.5,220,40"}));
  ASSERT_TRUE(options.appearance.has_value());
  EXPECT_EQ(options.appearance->page, -1);
  EXPECT_EQ(options.appearance->place.left, 50);
  EXPECT_EQ(options.appearance->place.bottom, 60.5);
  EXPECT_EQ(options.appearance->place.width, 220);
  EXPECT_EQ(options.appearance->place.height, 40);
}

TEST(PdfArgumentsTest, WordsThatAreNoPlaceAreRefused) {
  for (const char* words : {"1", "1,2,3,4", "1,2,3,4,5,6", "x,2,3,4,5", "1,2,3,4,", "place"}) {
    EXPECT_THAT(PdfOptionsOf({.field = "f", .visible = words}), ::testing::Not(IsOk())) << words;
  }
}

TEST(PdfArgumentsTest, FieldThatIsThereGivesThePlace) {
  ASSERT_OK_AND_ASSIGN(const auto options,
                       PdfOptionsOf({.field = "podpis", .visible = "field", .text = "Ana"}));
  EXPECT_EQ(options.field_name, "podpis");
  ASSERT_TRUE(options.appearance.has_value());
  EXPECT_EQ(options.appearance->text, "Ana");
  EXPECT_THAT(PdfOptionsOf({.visible = "field"}), ::testing::Not(IsOk())) << "of which field?";
}

}  // namespace
}  // namespace enkrat::cli

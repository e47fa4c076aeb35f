#include "tools/demo_idp/form.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace enkrat::demo_idp {
namespace {

using testing::FailsWith;

TEST(FormTest, EscapesAndPlusSignsAreDecoded) {
  ASSERT_OK_AND_ASSIGN(const Form form, ParseForm("sub=a%20b+c&given_name=%C5%BDiga&flag"));
  EXPECT_EQ(form, (Form{{"sub", "a b c"}, {"given_name", "\xC5\xBDiga"}, {"flag", ""}}));
}

TEST(FormTest, EscapeAtTheVeryEndIsDecoded) {
  ASSERT_OK_AND_ASSIGN(const Form form, ParseForm("a=%41"));
  EXPECT_EQ(form.at("a"), "A");
}

TEST(FormTest, EmptyBodyIsAnEmptyForm) {
  ASSERT_OK_AND_ASSIGN(const Form form, ParseForm(""));
  EXPECT_TRUE(form.empty());
}

TEST(FormTest, CutOffEscapeIsRejected) {
  EXPECT_THAT(ParseForm("a=%4"), FailsWith(Reason::kRequestMalformed));
  EXPECT_THAT(ParseForm("a=%"), FailsWith(Reason::kRequestMalformed));
}

TEST(FormTest, EscapeThatIsNotHexadecimalIsRejected) {
  EXPECT_THAT(ParseForm("a=%zz"), FailsWith(Reason::kRequestMalformed));
}

TEST(FormTest, FieldThatComesTwiceIsRejected) {
  EXPECT_THAT(ParseForm("a=1&a=2"), FailsWith(Reason::kRequestMalformed));
}

TEST(FormTest, FieldWithoutNameIsRejected) {
  EXPECT_THAT(ParseForm("=1"), FailsWith(Reason::kRequestMalformed));
}

}  // namespace
}  // namespace enkrat::demo_idp

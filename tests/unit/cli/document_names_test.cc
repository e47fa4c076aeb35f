#include "cli/document_names.h"

#include <gmock/gmock.h>

namespace enkrat::cli {
namespace {

using ::testing::ElementsAre;

struct Case {
  const char* label;
  const char* name;
};

class DocumentNameTest : public ::testing::TestWithParam<Case> {};

TEST_P(DocumentNameTest, LabelBecomesANameThatIsNoPath) {
  EXPECT_THAT(DocumentNames({GetParam().label}), ElementsAre(GetParam().name));
}

INSTANTIATE_TEST_SUITE_P(Labels, DocumentNameTest,
                         ::testing::Values(Case{"contract.pdf", "contract.pdf"},
                                           Case{"Najemna pogodba št. 7", "Najemna pogodba št. 7"},
                                           Case{"/etc/passwd", "passwd"},
                                           Case{"../../../home/ana/.ssh/config", "config"},
                                           Case{"..\\..\\boot.ini", "boot.ini"},
                                           Case{"x/..", "document"}, Case{"..", "document"},
                                           Case{".", "document"}, Case{"", "document"},
                                           Case{"folder/", "document"}, Case{".bashrc", "bashrc"},
                                           Case{"a\nb\x7f", "a_b_"}));

TEST(DocumentNamesTest, EqualNamesAreNumbered) {
  EXPECT_THAT(DocumentNames({"x/a", "y/a", "a-2", "a"}), ElementsAre("a", "a-2", "a-2-2", "a-3"));
}

TEST(DocumentNamesTest, NulEndsNothing) {
  EXPECT_THAT(DocumentNames({std::string("a\0b", 3)}), ElementsAre("a_b"));
}

TEST(DocumentNamesTest, LongNameIsCutBetweenCharacters) {
  const std::string cut = DocumentNames({std::string(199, 'a') + "ščž"}).front();
  EXPECT_EQ(cut, std::string(199, 'a'));
}

}  // namespace
}  // namespace enkrat::cli

// Where a visible signature appears, as poppler sees it: pages turned and cropped, fields that are
// there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "pades/pdf_signing.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using enkrat::testing::RunProgram;

// A word on a page as it is shown, from the lower left corner of the crop box.
struct SeenWord {
  double left = 0, bottom = 0, right = 0, top = 0;
};

class VisibleSignatureTest : public ::testing::Test {
 protected:
  void WritePage(const std::string& page_entries) {
    PdfPlan plan = TwoPages();
    plan.objects[4].insert(3, page_entries);
    WriteText(path_, LayPdf(plan));
  }
  absl::Status Sign(int page, const Rectangle& place, const std::string& field = "") {
    return signer_.Sign(
        path_, {.field_name = field,
                .signing_time = SigningTime(),
                .appearance = Appearance{.page = page, .place = place, .text = "PODPISNICA"}});
  }
  std::optional<SeenWord> Find(int page, const std::string& word) {
    const std::string number = absl::StrCat(page);
    const std::string out = RunProgram({.argv = {"pdftotext", "-cropbox", "-bbox", "-f", number,
                                                 "-l", number, path_, "-"}})
                                .out;
    double top = 0, bottom = 0;
    SeenWord seen;
    const size_t word_end = out.find(absl::StrCat("\">", word, "<"));
    if (word_end == std::string::npos) return std::nullopt;
    const size_t word_at = out.rfind("<word ", word_end);
    if (std::sscanf(out.c_str() + word_at,
                    "<word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"", &seen.left, &top,
                    &seen.right, &bottom) != 4) {
      return std::nullopt;
    }
    seen.top = shown_height_ - top;
    seen.bottom = shown_height_ - bottom;
    return seen;
  }
  // Upright, and within the place.
  void ExpectSeenAt(int page, const Rectangle& place) {
    const std::optional<SeenWord> seen = Find(page, "PODPISNICA");
    ASSERT_TRUE(seen.has_value());
    EXPECT_GE(seen->left, place.left);
    EXPECT_LE(seen->right, place.left + place.width);
    EXPECT_GE(seen->bottom, place.bottom);
    EXPECT_LE(seen->top, place.bottom + place.height);
    EXPECT_GT(seen->right - seen->left, seen->top - seen->bottom) << "not upright";
    const Opinion opinion = AskOthers(path_);
    EXPECT_EQ(opinion.valid, 1) << opinion.words;
    EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
  }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
  DocumentSigner signer_;
  double shown_height_ = 792;  // pdftotext tells that of the page before it is turned
};

struct PageCase {
  const char* name;
  const char* entries;
  double shown_height;
};
class TurnedPageTest : public VisibleSignatureTest,
                       public ::testing::WithParamInterface<PageCase> {};

TEST_P(TurnedPageTest, SignatureIsUprightInItsPlace) {
  WritePage(GetParam().entries);
  shown_height_ = GetParam().shown_height;
  const Rectangle place{.left = 30, .bottom = 50, .width = 150, .height = 40};
  ASSERT_THAT(Sign(2, place), IsOk());
  ExpectSeenAt(2, place);
}

INSTANTIATE_TEST_SUITE_P(
    Pages, TurnedPageTest,
    ::testing::Values(
        PageCase{"Plain", "", 792}, PageCase{"Turned90", "/Rotate 90 ", 612},
        PageCase{"Turned180", "/Rotate 180 ", 792}, PageCase{"Turned270", "/Rotate 270 ", 612},
        PageCase{"TurnedBack", "/Rotate -90 ", 612},
        PageCase{"Cropped", "/CropBox [ 100 200 400 700 ] ", 500},
        PageCase{"CroppedAndTurned90", "/CropBox [ 100 200 400 700 ] /Rotate 90 ", 300},
        PageCase{"CroppedAndTurned180", "/CropBox [ 100 200 400 700 ] /Rotate 180 ", 500},
        PageCase{"CroppedAndTurned270", "/CropBox [ 100 200 400 700 ] /Rotate 270 ", 300},
        PageCase{"CropBoxBackToFront", "/CropBox [ 400 700 100 200 ] ", 500},
        PageCase{"OriginElsewhere", "/MediaBox [ -300 -400 312 392 ] ", 792}),
    [](const auto& test) { return test.param.name; });

TEST_F(VisibleSignatureTest, LastPageIsFound) {
  WritePage("");
  const Rectangle place{.left = 30, .bottom = 50, .width = 150, .height = 40};
  ASSERT_THAT(Sign(-1, place), IsOk());
  ExpectSeenAt(2, place);
  EXPECT_FALSE(Find(1, "PODPISNICA").has_value());
}

TEST_F(VisibleSignatureTest, ExistingFieldShowsItInItsOwnPlace) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R ] >> >>";
  plan.objects[3].insert(3, "/Annots [ 7 0 R ] ");
  plan.objects[7] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (podpis) /F 2 /Rect [ 210 60 10 10 ] /P 3 0 R "
      ">>";
  WriteText(path_, LayPdf(plan));
  ASSERT_THAT(Sign(2, {.left = 300, .bottom = 300, .width = 50, .height = 50}, "podpis"), IsOk());
  ExpectSeenAt(1, {.left = 10, .bottom = 10, .width = 200, .height = 50});
}

TEST_F(VisibleSignatureTest, ExistingFieldOnATurnedPageShowsItUpright) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R ] >> >>";
  plan.objects[3].insert(3, "/Rotate 90 /Annots [ 7 0 R ] ");
  // Shown, it is 200 wide and 50 high.
  plan.objects[7] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (podpis) /Rect [ 500 100 550 300 ] /P 3 0 R >>";
  WriteText(path_, LayPdf(plan));
  ASSERT_THAT(Sign(1, {}, "podpis"), IsOk());
  shown_height_ = 612;
  ExpectSeenAt(1, {.left = 100, .bottom = 62, .width = 200, .height = 50});
}

// A widget's /P is optional.
TEST_F(VisibleSignatureTest, ExistingFieldThatDoesNotNameItsTurnedPageShowsItUpright) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R ] >> >>";
  plan.objects[4].insert(3, "/Rotate 90 /Annots [ 7 0 R ] ");
  plan.objects[7] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (podpis) /Rect [ 500 100 550 300 ] >>";
  WriteText(path_, LayPdf(plan));
  ASSERT_THAT(Sign(1, {}, "podpis"), IsOk());
  shown_height_ = 612;
  ExpectSeenAt(2, {.left = 100, .bottom = 62, .width = 200, .height = 50});
}

// --- Places that are not there.

class RefusedPlaceTest : public VisibleSignatureTest {
 protected:
  RefusedPlaceTest() { WritePage("/CropBox [ 100 200 400 700 ] "); }
  void ExpectRefused(int page, const Rectangle& place) {
    const std::string before = ReadText(path_);
    EXPECT_THAT(Sign(page, place), FailsWith(Reason::kRequestMalformed));
    EXPECT_EQ(ReadText(path_), before);
  }
};

TEST_F(RefusedPlaceTest, PageZero) { ExpectRefused(0, {0, 0, 100, 40}); }
TEST_F(RefusedPlaceTest, PageBeyondTheLast) { ExpectRefused(3, {0, 0, 100, 40}); }
TEST_F(RefusedPlaceTest, PageBeforeTheFirst) { ExpectRefused(-2, {0, 0, 100, 40}); }
TEST_F(RefusedPlaceTest, LeftOfThePage) { ExpectRefused(2, {-1, 0, 100, 40}); }
TEST_F(RefusedPlaceTest, BelowThePage) { ExpectRefused(2, {0, -1, 100, 40}); }
TEST_F(RefusedPlaceTest, RightOfThePage) { ExpectRefused(2, {201, 0, 100, 40}); }
TEST_F(RefusedPlaceTest, AboveThePage) { ExpectRefused(2, {0, 461, 100, 40}); }
TEST_F(RefusedPlaceTest, WithoutWidth) { ExpectRefused(2, {0, 0, 0, 40}); }
TEST_F(RefusedPlaceTest, WithNegativeHeight) { ExpectRefused(2, {50, 50, 100, -40}); }
TEST_F(RefusedPlaceTest, WithoutEnd) { ExpectRefused(2, {0, 0, HUGE_VAL, 40}); }
TEST_F(RefusedPlaceTest, NotANumber) { ExpectRefused(2, {0, std::nan(""), 100, 40}); }

}  // namespace
}  // namespace enkrat::pades::testing

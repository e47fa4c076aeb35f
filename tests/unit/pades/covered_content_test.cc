// What a new visible signature is found to lie over: in certified documents that is not permitted.
#include "pades/covered_content.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

constexpr char kPlace[] = "300 300 400 350";

// Whether a signature at kPlace, on a certified page with this content, is said to cover something.
bool Covers(const std::string& content) {
  HandMadeObjects order = PaymentOrder();
  order[4] = HandMadeStream("", content);
  order[14] = HandMadeStream(
      "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace "
      "/DeviceGray /BitsPerComponent 8",
      "x");
  order[15] =
      HandMadeStream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Matrix [1 0 0 1 300 300]",
                     "BT 10 20 Td (x) Tj ET");
  order[3] = Replaced(order[3], "/Font", "/XObject << /Im 14 0 R /Fm 15 0 R >> /Font");
  const std::string page = Replaced(order[3], "[7 0 R]", "[7 0 R 20 0 R]");
  const std::string certified = WithSignature(
      WritePdf(order), {.entries = "/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< "
                                   "/TransformMethod /DocMDP /TransformParams << /P 2 >> >>]",
                        .catalog_entries = "/Perms << /DocMDP 21 0 R >>",
                        .objects = {{3, page}}});
  const absl::StatusOr<std::unique_ptr<SignedPdf>> pdf = OpenPdf(
      WithSignature(certified, {.field = "Signature2",
                                .field_number = 30,
                                .rectangle = kPlace,
                                .page_annotations = "7 0 R 20 0 R",
                                .form_fields = "7 0 R 20 0 R",
                                .objects = {{3, Replaced(page, "20 0 R]", "20 0 R 30 0 R]")}}}));
  if (!pdf.ok() || (*pdf)->signatures().empty()) {
    ADD_FAILURE() << pdf.status();
    return false;
  }
  const PdfSignature& certification = (*pdf)->signatures()[0];
  EXPECT_THAT(certification.defects, ::testing::IsEmpty());
  return !certification.changes_are_permitted;
}

TEST(CoveredContentTest, TextThatStartsInThePlaceIsCovered) {
  EXPECT_TRUE(Covers("BT 310 320 Td (x) Tj ET"));
  EXPECT_TRUE(Covers("BT 1 0 0 1 310 320 Tm [(x)] TJ ET"));
  EXPECT_TRUE(Covers("BT 14 TL 310 334 Td (a) ' ET"));
  EXPECT_TRUE(Covers("BT 14 TL 310 334 Td 0 0 (a) \" ET"));
  EXPECT_TRUE(Covers("BT 310 420 TD 0 -50 TD 0 -50 TD (a) Tj ET"));
  EXPECT_TRUE(Covers("BT 0 -50 TD 310 420 Td T* T* ET BT 310 420 Td 0 -50 TD T* (a) Tj ET"));
}

TEST(CoveredContentTest, TextElsewhereIsNot) {
  EXPECT_FALSE(Covers("BT 10 20 Td (x) Tj ET"));
  EXPECT_FALSE(Covers("BT 310 320 Td ET BT 10 20 Td (x) Tj ET"));
  EXPECT_FALSE(Covers("BT 310 360 Td (x) Tj ET"));
  EXPECT_FALSE(Covers(""));
}

TEST(CoveredContentTest, TransformationsAreFollowed) {
  EXPECT_TRUE(Covers("1 0 0 1 300 300 cm BT 10 20 Td (x) Tj ET"));
  EXPECT_TRUE(Covers("2 0 0 2 0 0 cm BT 155 160 Td (x) Tj ET"));
  EXPECT_TRUE(Covers("q 9 0 0 9 0 0 cm Q BT 310 320 Td (x) Tj ET"));
  EXPECT_TRUE(Covers("1 0 0 1 300 0 cm 1 0 0 1 0 300 cm BT 10 20 Td (x) Tj ET"));
  EXPECT_FALSE(Covers("q 1 0 0 1 300 300 cm Q BT 10 20 Td (x) Tj ET"));
  EXPECT_FALSE(Covers("2 0 0 2 0 0 cm BT 310 320 Td (x) Tj ET"));
}

TEST(CoveredContentTest, ImageInThePlaceIsCovered) {
  EXPECT_TRUE(Covers("q 20 0 0 20 310 310 cm /Im Do Q"));
  EXPECT_TRUE(Covers("q 200 0 0 200 250 250 cm /Im Do Q"));
  EXPECT_FALSE(Covers("q 20 0 0 20 10 10 cm /Im Do Q"));
  EXPECT_FALSE(Covers("q 20 0 0 20 310 310 cm /NoSuch Do Q"));
}

TEST(CoveredContentTest, FormsAreEntered) {
  EXPECT_TRUE(Covers("/Fm Do"));
  EXPECT_FALSE(Covers("1 0 0 1 100 0 cm /Fm Do"));
}

TEST(CoveredContentTest, ContentThatMakesNoSenseIsFollowedAsFarAsItGoes) {
  EXPECT_FALSE(Covers("Q Q Q ) >> ] BT (x) Tm Tj cm ET 1 2 3 cm"));
  EXPECT_TRUE(Covers("Q Q /a /b cm BT 310 320 Td (x) Tj"));
}

}  // namespace
}  // namespace enkrat::pades

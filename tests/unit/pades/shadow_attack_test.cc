// Shadow attacks (Mainka, Mladenov, Rohlmann 2021): the attacker hides something in the document
// before it is signed, and shows it afterwards by an update; and other updates that swap what is
// shown.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::SizeIs;

std::string Changed(int number, const std::string& what, const std::string& by) {
  return Replaced(PaymentOrder().at(number), what, by);
}

void ExpectBroken(const std::string& octets, ChangeKind kind) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(octets));
  ASSERT_FALSE(pdf->signatures().empty());
  EXPECT_THAT(pdf->signatures()[0], IsBrokenBy(kind));
}

void ExpectBroken(const HandMadeUpdate& update, ChangeKind kind) {
  ExpectBroken(WithUpdate(SignedPaymentOrder(), update), kind);
}

std::string SignedPage() {
  return Replaced(PaymentOrder().at(3), "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
}

// The document with an image over its content, which hides it from the signer.
HandMadeObjects OrderUnderAnImage() {
  HandMadeObjects order = PaymentOrder();
  order[3] = Replaced(order[3], "/Resources <<", "/Resources << /XObject << /Im 14 0 R >>");
  order[4] = HandMadeStream("",
                            "BT /F1 24 Tf 72 700 Td (Pay 900 EUR) Tj ET q 595 0 0 842 0 0 cm "
                            "/Im Do Q");
  order[14] = HandMadeStream(
      "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace "
      "/DeviceGray /BitsPerComponent 8",
      "\xFF");
  return order;
}

// The page object of a signed OrderUnderAnImage has to name the image: signing rewrites it.
std::string SignedUnderAnImage() {
  HandMadeObjects order = OrderUnderAnImage();
  HandMadeSignature signature;
  signature.objects[3] = Replaced(order[3], "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  return WithSignature(WritePdf(order), signature);
}

TEST(ShadowAttackTest, HidingImageThatIsFreedIsReported) {
  ExpectBroken(WithUpdate(SignedUnderAnImage(), {.freed = {14}}), ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, HidingImageThatIsReplacedIsReported) {
  ExpectBroken(WithUpdate(SignedUnderAnImage(), {.objects = {{14, "null"}}}),
               ChangeKind::kObjectsOutOfPlace);
  ExpectBroken(WithUpdate(SignedUnderAnImage(),
                          {.objects = {{14, HandMadeStream("/Type /XObject /Subtype /Form "
                                                           "/BBox [0 0 0 0]",
                                                           "")}}}),
               ChangeKind::kObjectsOutOfPlace);
  ExpectBroken(WithUpdate(SignedUnderAnImage(), {.objects = {{14, "<< /Type /XObject >>"}}}),
               ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, FontThatIsReplacedIsReported) {
  ExpectBroken({.objects = {{5, Changed(5, "Helvetica", "Symbol")}}}, ChangeKind::kContent);
  ExpectBroken({.objects = {{5, Changed(5, "Type1", "Type3")}}}, ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, HiddenFontThatIsActivatedIsReported) {
  ExpectBroken({.objects = {{3, Replaced(SignedPage(), "/F1 5 0 R", "/F1 11 0 R")}}},
               ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, HiddenContentThatIsActivatedByTheTableAloneIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  // Object 4 is read from where the hidden object 10 is: QPDF itself refuses to.
  const std::string attack = WithUpdate(pdf, {.entries = {{4, OffsetOf(pdf, 10)}}});
  const absl::StatusOr<std::unique_ptr<SignedPdf>> opened = OpenPdf(attack);
  if (opened.ok()) {
    ASSERT_THAT((*opened)->signatures(), SizeIs(1));
    EXPECT_THAT((*opened)->signatures()[0], IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
  } else {
    EXPECT_THAT(opened, FailsWith(Reason::kPdfDamaged));
  }
}

// Two objects with one number are in the signed octets; the signer's table names the first, the
// attacker's the second (hide and replace).
TEST(ShadowAttackTest, SecondObjectOfTheSameNumberThatIsActivatedIsReported) {
  HandMadeObjects order = PaymentOrder();
  const std::string hidden =
      "4 0 obj\n" + HandMadeStream("", "BT /F1 24 Tf 72 700 Td (Pay 900 EUR) Tj ET") + "\nendobj\n";
  order[10] = HandMadeStream("", "\n" + hidden);
  const std::string pdf = WithSignature(WritePdf(order), {});
  const uint64_t offset = pdf.find(hidden);
  ExpectBroken(WithUpdate(pdf, {.entries = {{4, offset}}}), ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, HiddenContentThatAPageIsGivenIsReported) {
  ExpectBroken({.objects = {{3, Replaced(SignedPage(), "/Contents 4 0 R", "/Contents 10 0 R")}}},
               ChangeKind::kObjectsOutOfPlace);
  ExpectBroken(
      {.objects = {{3, Replaced(SignedPage(), "/Contents 4 0 R", "/Contents [4 0 R 10 0 R]")}}},
      ChangeKind::kContent);
}

TEST(ShadowAttackTest, HiddenPageThatIsPutIntoTheTreeIsReported) {
  ExpectBroken({.objects = {{2, "<< /Type /Pages /Kids [12 0 R] /Count 1 >>"}}},
               ChangeKind::kObjectsOutOfPlace);
  ExpectBroken({.objects = {{2, "<< /Type /Pages /Kids [3 0 R 12 0 R] /Count 2 >>"}}},
               ChangeKind::kContent);
}

TEST(ShadowAttackTest, SwappedPageTreeIsReported) {
  const std::string catalog = PaymentOrder().at(1);
  ExpectBroken({.objects = {{1, Replaced(catalog, "/Pages 2 0 R", "/Pages 31 0 R")},
                            {31, "<< /Type /Pages /Kids [32 0 R] /Count 1 >>"},
                            {32, Changed(12, "/Parent 2 0 R", "/Parent 31 0 R")}}},
               ChangeKind::kContent);
}

TEST(ShadowAttackTest, PageTreeThatIsEmptiedIsReported) {
  ExpectBroken({.objects = {{2, "<< /Type /Pages /Kids [] /Count 0 >>"}}}, ChangeKind::kContent);
}

TEST(ShadowAttackTest, AnotherCatalogIsReported) {
  HandMadeUpdate update = {.objects = {{31, "<< /Type /Catalog /Pages 32 0 R /AcroForm 6 0 R >>"},
                                       {32, "<< /Type /Pages /Kids [12 0 R] /Count 1 >>"}}};
  update.trailer = "/Root 31 0 R /Info 9 0 R";
  ExpectBroken(WithUpdate(SignedPaymentOrder(), update), ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, DanglingReferenceThatIsFilledIsReported) {
  HandMadeObjects order = PaymentOrder();
  const std::string page = Replaced(order[3], "/Contents 4 0 R", "/Contents [4 0 R 50 0 R]");
  order[3] = page;
  HandMadeSignature signature;
  signature.objects[3] = Replaced(page, "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  const std::string pdf = WithSignature(WritePdf(order), signature);
  ExpectBroken(WithUpdate(pdf, {.objects = {{50, PaymentOrder().at(10)}}}),
               ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, ContentThatIsAlsoAFieldsAppearanceIsContent) {
  HandMadeObjects order = PaymentOrder();
  const std::string page =
      Replaced(order[3], "/Resources <<", "/Resources << /XObject << /X 8 0 R >>");
  order[3] = page;
  HandMadeSignature signature;
  signature.objects[3] = Replaced(page, "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  const std::string pdf = WithSignature(WritePdf(order), signature);
  ExpectBroken(WithUpdate(pdf, {.objects = {{8, Changed(8, "(100) Tj", "(900) Tj")}}}),
               ChangeKind::kContent);
}

TEST(ShadowAttackTest, LengthOfAStreamThatIsChangedIsReported) {
  HandMadeObjects order = PaymentOrder();
  const std::string content = "BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET";
  order[4] = "<< /Length 14 0 R >>\nstream\n" + content + "\nendstream";
  order[14] = absl::StrCat(content.size());
  const std::string pdf = WithSignature(WritePdf(order), {});
  const absl::StatusOr<std::unique_ptr<SignedPdf>> opened =
      OpenPdf(WithUpdate(pdf, {.objects = {{14, "10"}}}));
  if (!opened.ok()) {
    EXPECT_THAT(opened, FailsWith(Reason::kPdfDamaged));
    return;
  }
  EXPECT_FALSE((*opened)->signatures()[0].changes_are_permitted);
}

TEST(ShadowAttackTest, AnotherGenerationOfAnObjectIsReported) {
  std::string pdf = SignedPaymentOrder();
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  const uint64_t offset = pdf.size();
  absl::StrAppend(&pdf, "4 1 obj\n", PaymentOrder().at(10), "\nendobj\n");
  const uint64_t section = pdf.size();
  absl::StrAppend(&pdf, "xref\n4 1\n",
                  absl::StrCat("0000000000", offset).substr(absl::StrCat(offset).size()),
                  " 00001 n \ntrailer\n<< /Size 22 /Root 1 0 R /Info 9 0 R /Prev ", previous,
                  " >>\nstartxref\n", section, "\n%%EOF\n");
  ExpectBroken(pdf, ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, ObjectInAStreamThatOverridesAnOlderOneIsReported) {
  ExpectBroken({.objects = {{5, Changed(5, "Helvetica", "Symbol")}}, .compressed = true},
               ChangeKind::kContent);
}

TEST(ShadowAttackTest, UnusedObjectThatIsReplacedIsReported) {
  ExpectBroken({.objects = {{12, Changed(12, "595", "600")}}}, ChangeKind::kObjectsOutOfPlace);
}

TEST(ShadowAttackTest, ReplacedSignatureDictionaryIsReported) {
  ASSERT_OK_AND_ASSIGN(
      const auto pdf,
      OpenPdf(WithUpdate(SignedPaymentOrder(), {.objects = {{21, "<< /Type /Sig >>"}}})));
  ASSERT_THAT(pdf->signatures(), SizeIs(1));
  EXPECT_FALSE(pdf->signatures()[0].defects.empty());
}

TEST(ShadowAttackTest, ResizedPageIsReported) {
  ExpectBroken({.objects = {{3, Replaced(SignedPage(), "842]", "400]")}}}, ChangeKind::kContent);
  ExpectBroken({.objects = {{3, Replaced(SignedPage(), "/Type /Page", "/Type /Page /Rotate 180")}}},
               ChangeKind::kContent);
}

}  // namespace
}  // namespace enkrat::pades

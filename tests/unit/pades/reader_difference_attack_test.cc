// Updates that QPDF reads in one way and other readers in another: what those show is not what was
// compared with the signed revision. Poppler is asked what it shows, so that the attack is one.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::testing::HasSubstr;

std::string SeenByPoppler(const std::string& octets) {
  const enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("document.pdf");
  testing::WriteText(path, octets);
  return testing::TextOf(path);
}

// Not read at all, or its signatures are told to be broken.
void ExpectNotBelieved(const std::string& octets) {
  const auto pdf = OpenPdf(octets);
  if (!pdf.ok()) {
    EXPECT_THAT(pdf, FailsWith(Reason::kPdfDamaged));
    return;
  }
  for (const PdfSignature& signature : (*pdf)->signatures()) {
    EXPECT_TRUE(!signature.defects.empty() || !signature.changes_are_permitted)
        << ::testing::PrintToString(signature);
  }
}

uint64_t LastSection(const std::string& pdf) {
  return std::stoull(pdf.substr(pdf.rfind("startxref") + 10));
}

std::string Ending(uint64_t section) { return absl::StrCat("startxref\n", section, "\n%%EOF\n"); }

// A row of a cross-reference stream with /W [1 4 2].
std::string Row(int type, uint64_t second, int third) {
  std::string row(1, static_cast<char>(type));
  for (int i = 3; i >= 0; --i) row.push_back(static_cast<char>(second >> (8 * i)));
  row.push_back(static_cast<char>(third >> 8));
  row.push_back(static_cast<char>(third));
  return row;
}

// The signed order with two pages in one object stream, the evil one first, by those numbers; the
// cross-references say that object 3 is at `place` in it.
std::string WithPagesInAnObjectStream(int first, int second, int place) {
  std::string pdf = SignedPaymentOrder();
  const uint64_t previous = LastSection(pdf);
  const std::string page =
      Replaced(PaymentOrder().at(3), "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  const std::string evil = Replaced(page, "/Contents 4 0 R", "/Contents 50 0 R");
  const std::string header = absl::StrCat(first, " 0 ", second, " ", evil.size() + 1, " ");
  const uint64_t content = pdf.size();
  absl::StrAppend(&pdf, "50 0 obj\n", PaymentOrder().at(10), "\nendobj\n");
  const uint64_t stream = pdf.size();
  absl::StrAppend(&pdf, "51 0 obj\n",
                  HandMadeStream(absl::StrCat("/Type /ObjStm /N 2 /First ", header.size()),
                                 absl::StrCat(header, evil, "\n", page, "\n")),
                  "\nendobj\n");
  const uint64_t section = pdf.size();
  return absl::StrCat(
      pdf, "52 0 obj\n",
      HandMadeStream(
          absl::StrCat("/Type /XRef /Size 53 /W [1 4 2] /Index [3 1 50 3] "
                       "/Root 1 0 R /Info 9 0 R /Prev ",
                       previous),
          Row(2, 51, place) + Row(1, content, 0) + Row(1, stream, 0) + Row(1, section, 0)),
      "\nendobj\n", Ending(section));
}

TEST(ReaderDifferenceAttackTest, ObjectThatIsTwiceInAnObjectStreamIsNotBelieved) {
  const std::string attack = WithPagesInAnObjectStream(3, 3, 0);
  EXPECT_THAT(SeenByPoppler(attack), HasSubstr("Pay 900 EUR"));
  ExpectNotBelieved(attack);
}

TEST(ReaderDifferenceAttackTest, PlaceInAnObjectStreamOfAnotherObjectIsNotBelieved) {
  ExpectNotBelieved(WithPagesInAnObjectStream(60, 3, 0));
  ExpectNotBelieved(WithPagesInAnObjectStream(60, 3, 2));
}

TEST(ReaderDifferenceAttackTest, PageThatIsAtItsPlaceInAnObjectStreamIsRead) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WithPagesInAnObjectStream(60, 3, 1)));
  EXPECT_THAT(pdf->signatures(), ::testing::ElementsAre(IsSoundWith(ChangeKind::kNone)));
}

TEST(ReaderDifferenceAttackTest, HeaderOfAnObjectStreamWithMoreThanNumbersIsNotBelieved) {
  std::string attack = WithPagesInAnObjectStream(60, 3, 1);
  ExpectNotBelieved(Replaced(attack, "stream\n60 0 3", "stream\n60 %\n3"));
}

// Object 1 is not there when it is signed, and the page would show it. The table of the update
// begins with object 1 and the entry of object 0: poppler takes it to begin with object 0.
TEST(ReaderDifferenceAttackTest, TableThatIsShiftedByOneIsNotBelieved) {
  HandMadeObjects order = PaymentOrder();
  order[30] = order[1];
  order.erase(1);
  order.erase(2);
  order[31] = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
  order[30] = Replaced(order[30], "/Pages 2 0 R", "/Pages 31 0 R");
  order[4] = HandMadeStream("", "BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET /More Do");
  order[3] = Replaced(order[3], "/Parent 2 0 R", "/Parent 31 0 R");
  order[3] = Replaced(order[3], "/Font", "/XObject << /More 1 0 R >> /Font");
  HandMadeSignature signature;
  signature.objects[3] = Replaced(order[3], "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  const std::string base = Replaced(WritePdf(order), "/Root 1 0 R", "/Root 30 0 R");
  signature.trailer = "/Root 30 0 R /Info 9 0 R";
  std::string pdf = WithSignature(base, signature);
  const uint64_t previous = LastSection(pdf);
  EXPECT_THAT(SeenByPoppler(pdf), HasSubstr("Pay 100 EUR"));
  const uint64_t more = pdf.size();
  absl::StrAppend(&pdf, "1 0 obj\n",
                  HandMadeStream("/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << "
                                 "/Font << /F1 5 0 R >> >>",
                                 "BT /F1 24 Tf 72 600 Td (and 900 EUR) Tj ET"),
                  "\nendobj\n");
  const uint64_t section = pdf.size();
  absl::StrAppend(&pdf, "xref\n1 2\n0000000000 65535 f \n", absl::StrFormat("%010d", more),
                  " 00000 n \ntrailer\n<< /Size 32 /Root 30 0 R /Info 9 0 R /Prev ", previous,
                  " >>\n", Ending(section));
  EXPECT_THAT(SeenByPoppler(pdf), HasSubstr("900 EUR"));
  ExpectNotBelieved(pdf);
}

// Two pages, signed; the second says "Pay 100 EUR" as well.
HandMadeObjects TwoPaged() {
  HandMadeObjects order = PaymentOrder();
  order[2] = "<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 2 >>";
  order[40] =
      Replaced(Replaced(order[3], "/Contents 4 0 R", "/Contents 41 0 R"), "/Annots [7 0 R]", "");
  order[41] = order[4];
  return order;
}

std::string HiddenContent() {
  return absl::StrCat("41 0 obj\n", PaymentOrder().at(10), "\nendobj\n");
}

// An update that adds a field whose appearance is not there: poppler looks for it in all octets,
// and takes what it finds for the newest objects.
HandMadeUpdate FieldWithoutItsAppearance(const std::string& appearance) {
  const HandMadeObjects order = PaymentOrder();
  return {.objects = {{3, Replaced(order.at(3), "/Annots [7 0 R", "/Annots [7 0 R 20 0 R 60 0 R")},
                      {6, Replaced(order.at(6), "/Fields [7 0 R", "/Fields [7 0 R 20 0 R 60 0 R")},
                      {60, absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Sig /T (x) "
                                        "/Rect [0 0 0 0] /P 3 0 R /AP ",
                                        appearance, " >>")}}};
}

TEST(ReaderDifferenceAttackTest, ReferenceToNothingThatMakesReadersRepairIsNotBelieved) {
  const std::string pdf = WithSignature(WritePdf(TwoPaged()), {});
  EXPECT_THAT(OpenPdf(WithUpdate(pdf, FieldWithoutItsAppearance("<< >>"))).value()->signatures(),
              ::testing::ElementsAre(IsSoundWith(ChangeKind::kSignature)));
  const std::string hidden = WithUpdate(pdf + HiddenContent(), FieldWithoutItsAppearance("99 0 R"));
  EXPECT_THAT(SeenByPoppler(hidden), HasSubstr("Pay 900 EUR"));
  ExpectNotBelieved(hidden);
  ExpectNotBelieved(WithUpdate(pdf, FieldWithoutItsAppearance("99 0 R")));
  ExpectNotBelieved(WithUpdate(pdf, FieldWithoutItsAppearance("<< /N [99 0 R] >>")));
  ExpectNotBelieved(WithUpdate(pdf, FieldWithoutItsAppearance("8 1 R")));
}

TEST(ReaderDifferenceAttackTest, ReferenceToNothingInATrailerIsNotBelieved) {
  const std::string base = WritePdf(TwoPaged(), "");
  HandMadeSignature signature;
  signature.trailer = "/Root 1 0 R";
  const std::string pdf = WithSignature(base, signature);
  ExpectNotBelieved(WithUpdate(pdf, {.trailer = "/Root 1 0 R /Info 99 0 R"}));
}

TEST(ReaderDifferenceAttackTest, ReferenceToNothingThatWasThereBeforeIsNoChange) {
  HandMadeObjects order = PaymentOrder();
  order[7] = Replaced(order[7], "/F 4", "/F 4 /MK 99 0 R");
  const std::string pdf = WithSignature(WritePdf(order), {});
  ASSERT_OK_AND_ASSIGN(
      const auto opened,
      OpenPdf(WithUpdate(pdf, {.objects = {{7, Replaced(order[7], "/V (100)", "/V (900)")}}})));
  EXPECT_THAT(opened->signatures(), ::testing::ElementsAre(IsSoundWith(ChangeKind::kFormFilling)));
}

TEST(ReaderDifferenceAttackTest, AppearanceThatIsTakenAwayIsNotBelieved) {
  ExpectNotBelieved(WithUpdate(SignedPaymentOrder(), {.freed = {8}}));
}

// If a document has such a reference already, what lies about in an update is enough.
TEST(ReaderDifferenceAttackTest, ObjectsThatNoCrossReferenceNamesAreNotBelieved) {
  const std::string pdf = WithSignature(WritePdf(TwoPaged()), {});
  ExpectNotBelieved(WithUpdate(pdf + HiddenContent(), {}));
  ExpectNotBelieved(WithUpdate(pdf + "41  0\tobj<<>>", {}));
  ExpectNotBelieved(WithUpdate(pdf + std::string(65'530, ' ') + HiddenContent(), {}));
  ExpectNotBelieved(WithUpdate(pdf + "trailer << /Root 1 0 R >>\n", {}));
  // In an object that is in order; nothing refers to it.
  ExpectNotBelieved(WithUpdate(pdf, {.objects = {{61, HandMadeStream("", HiddenContent())}}}));
  for (const std::string entries :
       {"/Type /ObjStm /N 1 /First 5", "/Type /XRef /Size 3 /W [1 4 2] /Root 1 0 R"}) {
    ExpectNotBelieved(WithUpdate(pdf, {.objects = {{61, HandMadeStream(entries, "41 0 null")}}}));
  }
  ASSERT_OK_AND_ASSIGN(
      const auto opened,
      OpenPdf(WithUpdate(pdf, {.objects = {{61, HandMadeStream("", "41 0 endobj obj 7 obj")}}})));
  EXPECT_THAT(opened->signatures(), ::testing::ElementsAre(IsSoundWith(ChangeKind::kNone)));
}

// A linearisation dictionary in front, which says that the document is `length` octets long, and
// behind it cross-references of another document in the same octets.
std::string SignedWithAnotherFront(uint64_t length) {
  HandMadeObjects order = PaymentOrder();
  order[40] = Replaced(order[1], "/Pages 2 0 R", "/Pages 41 0 R");
  order[41] = "<< /Type /Pages /Kids [12 0 R] /Count 1 >>";
  const std::string plain = WritePdf(order);
  const size_t head = plain.find("1 0 obj");
  const auto front = [&](uint64_t shift) {
    std::string text =
        absl::StrCat("99 0 obj\n<< /Linearized 1 /L ", absl::StrFormat("%09d", length),
                     " /H [ 0 0 ] /O 12 /E 0 /N 1 /T 0 >>\nendobj\nxref\n0 1\n"
                     "0000000000 65535 f \n");
    for (const auto& [number, body] : order) {
      const std::string offset = absl::StrFormat("%010d", OffsetOf(plain, number) + shift);
      absl::StrAppend(&text, number, " 1\n", offset, " 00000 n \n");
    }
    return absl::StrCat(text, "trailer\n<< /Size 100 /Root 40 0 R >>\n", Ending(0));
  };
  const uint64_t shift = front(0).size();
  std::string pdf = plain.substr(0, head) + front(shift);
  for (const auto& [number, body] : order) {
    absl::StrAppend(&pdf, number, " 0 obj\n", body, "\nendobj\n");
  }
  const uint64_t section = pdf.size();
  absl::StrAppend(&pdf, "xref\n0 1\n0000000000 65535 f \n");
  for (const auto& [number, body] : order) {
    const std::string offset = absl::StrFormat("%010d", OffsetOf(plain, number) + shift);
    absl::StrAppend(&pdf, number, " 1\n", offset, " 00000 n \n");
  }
  absl::StrAppend(&pdf, "trailer\n<< /Size 100 /Root 1 0 R /Info 9 0 R >>\n", Ending(section));
  return WithSignature(pdf, {});
}

TEST(ReaderDifferenceAttackTest, LinearisationThatAnUpdateMakesComeTrueIsNotBelieved) {
  const auto attack = [](uint64_t length) {
    return WithUpdate(SignedWithAnotherFront(length), {});
  };
  const uint64_t length = attack(0).size();
  EXPECT_THAT(SeenByPoppler(SignedWithAnotherFront(length)), HasSubstr("Pay 100 EUR"));
  EXPECT_THAT(SeenByPoppler(attack(length)), HasSubstr("Pay 900 EUR"));
  ExpectNotBelieved(attack(length));
}

TEST(ReaderDifferenceAttackTest, LinearisationThatIsLongPastIsNoMatter) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(SignedWithAnotherFront(4711)));
  EXPECT_THAT(pdf->signatures(), ::testing::ElementsAre(IsSoundWith(ChangeKind::kNone)));
}

TEST(ReaderDifferenceAttackTest, LinearisedDocumentIsRead) {
  const enkrat::testing::ScratchFolder folder;
  testing::WriteText(folder.File("plain.pdf"), WritePdf(PaymentOrder()));
  testing::Qpdf({"--linearize"}, folder.File("plain.pdf"), folder.File("linear.pdf"));
  testing::Qpdf({"--linearize", "--object-streams=generate"}, folder.File("plain.pdf"),
                folder.File("streams.pdf"));
  for (const char* const name : {"linear.pdf", "streams.pdf"}) {
    EXPECT_THAT(SignedPdf::Open(folder.File(name), {}), ::enkrat::testing::IsOk()) << name;
  }
}

}  // namespace
}  // namespace enkrat::pades

// Incremental saving attacks (Mladenov, Mainka, zu Selhausen, Grothe, Schwenk 2019): something is
// appended to a signed document, in every variant that fooled a reader.
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

HandMadeObjects OtherAmount() { return {{4, Replaced(PaymentOrder().at(4), "100", "900")}}; }

// That the attack is seen: the document is refused, or its signature is not to be relied on.
void ExpectSeen(const std::string& octets) {
  const absl::StatusOr<std::unique_ptr<SignedPdf>> pdf = OpenPdf(octets);
  if (!pdf.ok()) {
    EXPECT_THAT(pdf, FailsWith(Reason::kPdfDamaged));
    return;
  }
  ASSERT_FALSE((*pdf)->signatures().empty());
  const PdfSignature& signature = (*pdf)->signatures()[0];
  EXPECT_TRUE(!signature.defects.empty() || !signature.changes_are_permitted)
      << ::testing::PrintToString(signature);
}

TEST(IncrementalSavingAttackTest, ContentReplacedByAnUpdateIsReported) {
  ASSERT_OK_AND_ASSIGN(const auto pdf,
                       OpenPdf(WithUpdate(SignedPaymentOrder(), {.objects = OtherAmount()})));
  ASSERT_THAT(pdf->signatures(), SizeIs(1));
  EXPECT_THAT(pdf->signatures()[0], IsBrokenBy(ChangeKind::kContent));
  EXPECT_FALSE(pdf->signatures()[0].covers_whole_document);
}

TEST(IncrementalSavingAttackTest, ObjectsWithoutCrossReferencesAreReported) {
  ExpectSeen(WithUpdate(SignedPaymentOrder(), {.objects = OtherAmount(), .with_end = false}));
}

TEST(IncrementalSavingAttackTest, UpdateWithAnEndMarkerAndNoTableIsReported) {
  const std::string objects =
      WithUpdate(SignedPaymentOrder(), {.objects = OtherAmount(), .with_end = false});
  const std::string& pdf = SignedPaymentOrder();
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  ExpectSeen(absl::StrCat(objects, "%%EOF\n"));
  // The old table is named again: another reader looks for objects itself.
  ExpectSeen(absl::StrCat(objects, "startxref\n", previous, "\n%%EOF\n"));
  ExpectSeen(absl::StrCat(objects, "trailer\n<< /Size 22 /Root 1 0 R >>\nstartxref\n", previous,
                          "\n%%EOF\n"));
  ExpectSeen(absl::StrCat(objects, "startxref\n0\n%%EOF\n"));
}

TEST(IncrementalSavingAttackTest, UpdateWithoutPreviousTableIsReported) {
  // A document of its own, but for the signature, which is read from the signed octets.
  const std::string& pdf = SignedPaymentOrder();
  HandMadeObjects all = PaymentOrder();
  all[4] = OtherAmount()[4];
  all[6] = Replaced(all[6], "/Fields [7 0 R]", "/Fields [7 0 R 20 0 R]");
  ExpectSeen(WithUpdate(pdf, {.objects = all,
                              .entries = {{20, OffsetOf(pdf, 20)}, {21, OffsetOf(pdf, 21)}},
                              .with_previous = false}));
}

TEST(IncrementalSavingAttackTest, UpdateWithACopyOfTheSignatureIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  const uint64_t begin = OffsetOf(pdf, 21) + std::string("21 0 obj\n").size();
  HandMadeObjects objects = OtherAmount();
  objects[21] = pdf.substr(begin, pdf.find("\nendobj", begin) - begin);
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(WithUpdate(pdf, {.objects = objects})));
  ASSERT_THAT(opened->signatures(), SizeIs(1));
  EXPECT_THAT(opened->signatures()[0], HasDefect("/Contents is not what is in the gap"));
}

TEST(IncrementalSavingAttackTest, CopyOfTheSignatureInANewFieldIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  const uint64_t begin = OffsetOf(pdf, 21) + std::string("21 0 obj\n").size();
  HandMadeObjects objects = OtherAmount();
  objects[31] = pdf.substr(begin, pdf.find("\nendobj", begin) - begin);
  objects[20] = Replaced(
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /F 132 /P 3 0 R "
      "/Rect [0 0 0 0] /V 21 0 R  >>",
      "21 0 R", "31 0 R");
  ExpectSeen(WithUpdate(pdf, {.objects = objects}));
}

TEST(IncrementalSavingAttackTest, WholeDocumentAppendedIsReported) {
  const std::string other = WritePdf(
      {{1, "<< /Type /Catalog /Pages 2 0 R >>"}, {2, "<< /Type /Pages /Kids [] /Count 0 >>"}});
  ExpectSeen(SignedPaymentOrder() + other);
}

TEST(IncrementalSavingAttackTest, OtherDocumentInFrontIsReported) {
  ExpectSeen(WritePdf({{1, "<< /Type /Catalog /Pages 2 0 R >>"},
                       {2, "<< /Type /Pages /Kids [] /Count 0 >>"}}) +
             SignedPaymentOrder());
}

TEST(IncrementalSavingAttackTest, CommentBehindTheEndIsReported) {
  ExpectSeen(SignedPaymentOrder() + "% 4 0 obj\n");
  ExpectSeen(SignedPaymentOrder() + "4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n");
}

TEST(IncrementalSavingAttackTest, OctetsBetweenRevisionsThatNoTableNamesDoNotHideAChange) {
  const std::string padded = SignedPaymentOrder() + "% comment\n";
  // An update behind a comment is an update still: what it did is what counts.
  std::string pdf = SignedPaymentOrder();
  pdf += "% comment\n";
  const std::string attack = WithUpdate(pdf, {.objects = OtherAmount()});
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(attack));
  EXPECT_THAT(opened->signatures()[0], IsBrokenBy(ChangeKind::kContent));
}

TEST(IncrementalSavingAttackTest, HybridUpdateIsReported) {
  const std::string& pdf = SignedPaymentOrder();
  // The stream beside the table replaces the content, for readers that look at it.
  std::string attack = pdf;
  const uint64_t content = attack.size();
  absl::StrAppend(&attack, "4 0 obj\n", OtherAmount()[4], "\nendobj\n");
  const uint64_t stream = attack.size();
  const std::string row = std::string("\x01\x00\x00", 3) + static_cast<char>(content >> 8) +
                          static_cast<char>(content) + std::string(2, '\0');
  absl::StrAppend(&attack, "31 0 obj\n",
                  HandMadeStream("/Type /XRef /Size 32 /W [1 4 2] /Index [4 1]", row),
                  "\nendobj\n");
  const std::string hybrid =
      WithUpdate(pdf, {.trailer = absl::StrCat("/Root 1 0 R /Info 9 0 R /XRefStm ", stream)});
  const uint64_t section = attack.size();
  std::string tail = hybrid.substr(pdf.size());
  tail = tail.substr(0, tail.rfind("startxref"));
  absl::StrAppend(&attack, tail, "startxref\n", section, "\n%%EOF\n");
  ExpectSeen(attack);
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(attack));
  EXPECT_THAT(opened->signatures()[0], IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
}

TEST(IncrementalSavingAttackTest, SignedDocumentThatIsAnAttachmentDoesNotCount) {
  // A PDF in a stream of another PDF: its signature is not the document's.
  HandMadeObjects order = PaymentOrder();
  order[14] = HandMadeStream("/Type /EmbeddedFile", SignedPaymentOrder());
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WritePdf(order)));
  EXPECT_THAT(pdf->signatures(), SizeIs(0));
}

TEST(IncrementalSavingAttackTest, AttachmentThatLooksLikeARevisionDoesNotConfuse) {
  HandMadeObjects order = PaymentOrder();
  const std::string fake = absl::StrCat("\nstartxref\n", 100, "\n%%EOF\n");
  order[14] = HandMadeStream("/Type /EmbeddedFile", fake);
  const std::string pdf = WithSignature(WritePdf(order), {});
  const std::string updated =
      WithUpdate(pdf, {.objects = {{31, HandMadeStream("/Type /EmbeddedFile", fake)}}});
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(updated));
  EXPECT_THAT(opened->signatures()[0], IsSoundWith(ChangeKind::kNone));
}

}  // namespace
}  // namespace enkrat::pades

// Changes after a signature that belong to a document's life: what is said of them, and what is
// permitted.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

PdfSignature FirstSignature(const std::string& octets) {
  const absl::StatusOr<std::unique_ptr<SignedPdf>> pdf = OpenPdf(octets);
  EXPECT_THAT(pdf, IsOk());
  if (!pdf.ok() || (*pdf)->signatures().empty()) return {};
  return (*pdf)->signatures()[0];
}

PdfSignature AfterUpdate(const HandMadeUpdate& update) {
  return FirstSignature(WithUpdate(SignedPaymentOrder(), update));
}

// Object n of the payment order as it is once it is signed, with a text in it replaced.
std::string Changed(int number, const std::string& what, const std::string& by) {
  HandMadeObjects signed_order = PaymentOrder();
  signed_order[3] = Replaced(signed_order[3], "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  signed_order[6] = Replaced(signed_order[6], "/Fields [7 0 R]", "/Fields [7 0 R 20 0 R]");
  return Replaced(signed_order[number], what, by);
}

HandMadeSignature SecondSignature() {
  return {.field = "Signature2",
          .field_number = 30,
          .page_annotations = "7 0 R 20 0 R",
          .form_fields = "7 0 R 20 0 R"};
}

HandMadeObjects Store() {
  return {{1, Changed(1, "/Metadata", "/DSS 40 0 R /Metadata")},
          {40, "<< /Certs [41 0 R] /OCSPs [42 0 R] >>"},
          {41, HandMadeStream("", "\x30\x03\x02\x01\x05")},
          {42, HandMadeStream("", "\x30\x03\x02\x01\x06")}};
}

TEST(LaterChangesTest, ValidationDataIsPermittedAndRead) {
  const std::string octets = WithUpdate(SignedPaymentOrder(), {.objects = Store()});
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(octets));
  EXPECT_THAT(pdf->signatures(), ElementsAre(IsSoundWith(ChangeKind::kValidationData)));
  EXPECT_FALSE(pdf->signatures()[0].covers_whole_document);
  EXPECT_THAT(pdf->validation_data().certificates_der, ElementsAre(*FromHex("3003020105")));
  EXPECT_THAT(pdf->validation_data().ocsp_responses_der, ElementsAre(*FromHex("3003020106")));
  EXPECT_THAT(pdf->validation_data().crls_der, SizeIs(0));
}

TEST(LaterChangesTest, UpdatesOfAnyFormAreRead) {
  EXPECT_THAT(AfterUpdate({.objects = Store(), .with_stream = true}),
              IsSoundWith(ChangeKind::kValidationData));
  HandMadeObjects store = Store();
  store.erase(41);  // streams are in no object stream
  store.erase(42);
  store[40] = "<< /Certs [] /OCSPs [] >>";
  EXPECT_THAT(AfterUpdate({.objects = store, .compressed = true}),
              IsSoundWith(ChangeKind::kValidationData));
}

TEST(LaterChangesTest, UpdateThatChangesNothingIsNoChange) {
  EXPECT_THAT(AfterUpdate({}), IsSoundWith(ChangeKind::kNone));
  // Objects written anew as they were.
  EXPECT_THAT(AfterUpdate({.objects = {{4, PaymentOrder().at(4)}, {5, PaymentOrder().at(5)}}}),
              IsSoundWith(ChangeKind::kNone));
}

TEST(LaterChangesTest, DateOfWritingIsNoChange) {
  EXPECT_THAT(AfterUpdate({.objects = {{9, Changed(9, "20260101", "20270101")}}}),
              IsSoundWith(ChangeKind::kNone));
}

TEST(LaterChangesTest, DocumentTimestampIsPermitted) {
  HandMadeSignature timestamp = SecondSignature();
  timestamp.entries = "/Type /DocTimeStamp /SubFilter /ETSI.RFC3161";
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WithSignature(SignedPaymentOrder(), timestamp)));
  EXPECT_THAT(pdf->signatures(), ElementsAre(IsSoundWith(ChangeKind::kValidationData),
                                             IsSoundWith(ChangeKind::kNone)));
  EXPECT_TRUE(pdf->signatures()[1].document_timestamp);
  EXPECT_TRUE(pdf->signatures()[1].covers_whole_document);
}

TEST(LaterChangesTest, SecondSignatureIsPermitted) {
  ASSERT_OK_AND_ASSIGN(const auto pdf,
                       OpenPdf(WithSignature(SignedPaymentOrder(), SecondSignature())));
  EXPECT_THAT(pdf->signatures(),
              ElementsAre(IsSoundWith(ChangeKind::kSignature), IsSoundWith(ChangeKind::kNone)));
  EXPECT_EQ(pdf->signatures()[0].field_name, "Signature1");
  EXPECT_EQ(pdf->signatures()[1].field_name, "Signature2");
}

// Though the page is reached by itself and by each of its fields.
TEST(LaterChangesTest, ChangeOfThePageIsToldOnce) {
  ASSERT_OK_AND_ASSIGN(const auto pdf,
                       OpenPdf(WithSignature(SignedPaymentOrder(), SecondSignature())));
  std::vector<std::string> told;
  for (const PdfChange& change : pdf->signatures()[0].changes_after) told.push_back(change.detail);
  EXPECT_THAT(told, UnorderedElementsAre("object 30 0: signature field added",
                                         "object 30 0: invisible signature added to the page"));
}

TEST(LaterChangesTest, VisibleSignatureInAFreePlaceIsPermitted) {
  HandMadeSignature visible = SecondSignature();
  visible.rectangle = "300 50 500 100";
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WithSignature(SignedPaymentOrder(), visible)));
  EXPECT_THAT(pdf->signatures()[0], IsSoundWith(ChangeKind::kSignature));
  EXPECT_TRUE(pdf->signatures()[1].visible);
}

TEST(LaterChangesTest, FilledFieldIsPermitted) {
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "/V (100)", "/V (200)")}}}),
              IsSoundWith(ChangeKind::kFormFilling));
  // With its appearance, in the same object or in another one.
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "/V (100)", "/V (200)")},
                                       {8, Changed(8, "(100) Tj", "(200) Tj")}}}),
              IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "/N 8 0 R", "/N 31 0 R")},
                                       {31, Changed(8, "(100) Tj", "(200) Tj")}}}),
              IsSoundWith(ChangeKind::kFormFilling));
}

TEST(LaterChangesTest, FieldThatIsMovedOrRenamedIsContent) {
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "[72 600", "[72 500")}}}),
              IsBrokenBy(ChangeKind::kContent));
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "(amount)", "(sum)")}}}),
              IsBrokenBy(ChangeKind::kContent));
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "/F 4", "/F 2")}}}),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, FieldThatIsAddedOrRemovedIsContent) {
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "[7 0 R", "[7 0 R 31 0 R")},
                                       {31, "<< /FT /Tx /T (more) /V (1) >>"}}}),
              IsBrokenBy(ChangeKind::kContent));
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "[7 0 R ", "[")}}}),
              IsBrokenBy(ChangeKind::kContent));
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "[7 0 R", "[<< /FT /Tx /T (x) >> 7 0 R")}}}),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, FontAddedToTheFormIsFormFillingAndAChangedOneContent) {
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "/F1 5 0 R", "/F1 5 0 R /F2 11 0 R")}}}),
              IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "/F1 5 0 R", "/F1 11 0 R")}}}),
              IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
  EXPECT_THAT(AfterUpdate({.objects = {{6, Changed(6, "/F1 12 Tf", "/F9 12 Tf")}}}),
              IsBrokenBy(ChangeKind::kContent));
}

// As poppler does when it signs a document whose form has none.
TEST(LaterChangesTest, ResourcesGivenToAFormThatHadNoneAreFormFilling) {
  const std::string resources = "/DR << /Font << /F1 5 0 R >> >> ";
  HandMadeObjects order = PaymentOrder();
  order[6] = Replaced(order[6], resources, "");
  const std::string with = Changed(6, "/Fields", "/Fields");
  const std::string without = Replaced(with, resources, "");
  const std::string octets = WithSignature(WritePdf(order), {.objects = {{6, without}}});
  EXPECT_THAT(FirstSignature(WithUpdate(octets, {.objects = {{6, with}}})),
              IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_THAT(AfterUpdate({.objects = {{6, without}}}), IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, AnnotationsAreNotPermittedWithoutCertification) {
  for (const std::string subtype : {"Text", "FreeText", "Stamp", "Link", "Highlight", "Widget"}) {
    EXPECT_THAT(AfterUpdate({.objects = {{3, Changed(3, "20 0 R]", "20 0 R 31 0 R]")},
                                         {31, absl::StrCat("<< /Type /Annot /Subtype /", subtype,
                                                           " /Rect [72 690 300 730] >>")}}}),
                IsBrokenBy(ChangeKind::kAnnotations))
        << subtype;
  }
}

TEST(LaterChangesTest, RemovedOrReorderedAnnotationsAreNotPermitted) {
  EXPECT_THAT(AfterUpdate({.objects = {{3, Changed(3, "[7 0 R 20 0 R]", "[20 0 R]")}}}),
              IsBrokenBy(ChangeKind::kAnnotations));
  EXPECT_THAT(AfterUpdate({.objects = {{3, Changed(3, "[7 0 R 20 0 R]", "[20 0 R 7 0 R]")}}}),
              IsBrokenBy(ChangeKind::kAnnotations));
}

TEST(LaterChangesTest, DocumentInformationIsContent) {
  EXPECT_THAT(AfterUpdate({.objects = {{9, Changed(9, "Payment order", "Gift")}}}),
              IsBrokenBy(ChangeKind::kContent));
  EXPECT_THAT(AfterUpdate({.objects = {{9, Changed(9, "<<", "<< /Author (Mallory)")}}}),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, MetadataIsContentButForTheDateOfWriting) {
  EXPECT_THAT(AfterUpdate({.objects = {{13, Changed(13, "Order<", "Other<")}}}),
              IsBrokenBy(ChangeKind::kContent));
  const std::string before = "<x:xmpmeta><xmp:ModifyDate>2026</xmp:ModifyDate></x:xmpmeta>";
  const std::string after = "<x:xmpmeta><xmp:ModifyDate>2027</xmp:ModifyDate></x:xmpmeta>";
  HandMadeObjects order = PaymentOrder();
  order[13] = HandMadeStream("/Type /Metadata /Subtype /XML", before);
  EXPECT_THAT(FirstSignature(WithUpdate(
                  WithSignature(WritePdf(order), {}),
                  {.objects = {{13, HandMadeStream("/Type /Metadata /Subtype /XML", after)}}})),
              IsSoundWith(ChangeKind::kNone));
}

TEST(LaterChangesTest, ActionsAndScriptsAreContent) {
  for (const std::string entry :
       {"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", "/AA << /WC << /S /Named >> >>",
        "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>",
        "/URI << /Base (http://x) >>", "/Outlines 31 0 R", "/ViewerPreferences << >>"}) {
    EXPECT_THAT(AfterUpdate({.objects = {{1, Changed(1, "/Metadata", entry + " /Metadata")},
                                         {31, "<< /Type /Outlines >>"}}}),
                IsBrokenBy(ChangeKind::kContent))
        << entry;
  }
  EXPECT_THAT(AfterUpdate({.objects = {{7, Changed(7, "/F 4", "/F 4 /AA << /K 31 0 R >>")},
                                       {31, "<< /S /JavaScript /JS (1) >>"}}}),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, LayersThatAreSwitchedAreOutOfPlace) {
  EXPECT_THAT(
      AfterUpdate(
          {.objects = {{1, Changed(1, "/Metadata", "/OCProperties << /OCGs [] >> /Metadata")}}}),
      IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
}

TEST(LaterChangesTest, RemovedSignatureIsNoFormFilling) {
  const std::string twice = WithSignature(SignedPaymentOrder(), SecondSignature());
  const std::string attack = WithUpdate(
      twice, {.objects = {{30,
                           "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature2) /F 132 "
                           "/P 3 0 R /Rect [0 0 0 0] >>"}}});
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(attack));
  ASSERT_THAT(pdf->signatures(), SizeIs(1));
  EXPECT_THAT(pdf->signatures()[0], IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, ChangeThatIsTakenBackIsStillTold) {
  const std::string changed =
      WithUpdate(SignedPaymentOrder(), {.objects = {{4, Changed(4, "100", "900")}}});
  const std::string back = WithUpdate(changed, {.objects = {{4, PaymentOrder().at(4)}}});
  EXPECT_THAT(FirstSignature(back), IsBrokenBy(ChangeKind::kContent));
}

TEST(LaterChangesTest, ChangeBetweenTwoSignaturesBreaksTheFirstOnly) {
  HandMadeSignature second = SecondSignature();
  const std::string changed =
      WithUpdate(SignedPaymentOrder(), {.objects = {{4, Changed(4, "100", "900")}}});
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WithSignature(changed, second)));
  EXPECT_THAT(pdf->signatures(),
              ElementsAre(IsBrokenBy(ChangeKind::kContent), IsSoundWith(ChangeKind::kNone)));
}

TEST(LaterChangesTest, LockedFieldMayNotBeFilled) {
  const std::string locked = WithSignature(
      WritePdf(PaymentOrder()),
      {.field_entries = "/Lock << /Type /SigFieldLock /Action /Include /Fields [(amount)] >>"});
  const HandMadeUpdate fill = {.objects = {{7, Changed(7, "/V (100)", "/V (200)")}}};
  EXPECT_THAT(FirstSignature(WithUpdate(locked, fill)), IsBrokenBy(ChangeKind::kFormFilling));
  const std::string other = WithSignature(
      WritePdf(PaymentOrder()),
      {.field_entries = "/Lock << /Type /SigFieldLock /Action /Exclude /Fields [(amount)] >>"});
  EXPECT_THAT(FirstSignature(WithUpdate(other, fill)), IsSoundWith(ChangeKind::kFormFilling));
}

TEST(LaterChangesTest, FieldMdpOfTheSignatureLocksToo) {
  for (const std::string action : {"/Action /All", "/Action /Include /Fields [(amount)]", ""}) {
    const std::string locked = WithSignature(
        WritePdf(PaymentOrder()),
        {.entries = absl::StrCat("/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< "
                                 "/TransformMethod /FieldMDP /TransformParams << ",
                                 action, " >> >>]")});
    EXPECT_THAT(
        FirstSignature(WithUpdate(locked, {.objects = {{7, Changed(7, "/V (100)", "/V (200)")}}})),
        IsBrokenBy(ChangeKind::kFormFilling))
        << action;
  }
}

}  // namespace
}  // namespace enkrat::pades

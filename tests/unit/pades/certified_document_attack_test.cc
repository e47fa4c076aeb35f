// Attacks on certified documents (Mladenov, Mainka, Rohlmann, Schwenk 2021): evil annotations and
// sneaky signatures, which pass for what the certification allows.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::IsOk;

std::string Certified(int permission) {
  return WithSignature(
      WritePdf(PaymentOrder()),
      {.entries = absl::StrCat("/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< /Type "
                               "/SigRef /TransformMethod /DocMDP /TransformParams << /Type "
                               "/TransformParams /P ",
                               permission, " /V /1.2 >> >>]"),
       .catalog_entries = "/Perms << /DocMDP 21 0 R >>"});
}

std::string SignedObject(int number) {
  const std::string object = PaymentOrder().at(number);
  if (number == 3) return Replaced(object, "/Annots [7 0 R]", "/Annots [7 0 R 20 0 R]");
  return object;
}

PdfSignature Certification(const std::string& octets) {
  const absl::StatusOr<std::unique_ptr<SignedPdf>> pdf = OpenPdf(octets);
  EXPECT_THAT(pdf, IsOk());
  if (!pdf.ok() || (*pdf)->signatures().empty()) return {};
  return (*pdf)->signatures()[0];
}

PdfSignature AfterFilling(int permission) {
  return Certification(WithUpdate(
      Certified(permission), {.objects = {{7, Replaced(SignedObject(7), "/V (100)", "/V (9)")}}}));
}

PdfSignature AfterAnnotation(int permission, const std::string& annotation) {
  return Certification(WithUpdate(
      Certified(permission),
      {.objects = {
           {3, Replaced(SignedObject(3), "20 0 R]", "20 0 R 31 0 R]")},
           {31, absl::StrCat("<< /Type /Annot /Rect [72 690 300 730] ", annotation, " >>")}}}));
}

PdfSignature AfterSignature(int permission, const std::string& rectangle,
                            const std::string& field_entries = "") {
  HandMadeSignature second = {.field = "Signature2",
                              .field_number = 30,
                              .rectangle = rectangle,
                              .field_entries = field_entries,
                              .page_annotations = "7 0 R 20 0 R",
                              .form_fields = "7 0 R 20 0 R"};
  return Certification(WithSignature(Certified(permission), second));
}

TEST(CertifiedDocumentTest, CertificationIsRead) {
  for (const int permission : {1, 2, 3}) {
    const PdfSignature certification = Certification(Certified(permission));
    EXPECT_THAT(certification, IsSoundWith(ChangeKind::kNone));
    EXPECT_EQ(certification.certifies, permission);
  }
  // A value of nobody's allows nothing.
  EXPECT_EQ(Certification(Certified(7)).certifies, 1);
}

TEST(CertifiedDocumentTest, FormMayBeFilledUnlessNoChangesAreAllowed) {
  EXPECT_THAT(AfterFilling(1), IsBrokenBy(ChangeKind::kFormFilling));
  EXPECT_THAT(AfterFilling(2), IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_THAT(AfterFilling(3), IsSoundWith(ChangeKind::kFormFilling));
}

TEST(CertifiedDocumentTest, MayBeSignedUnlessNoChangesAreAllowed) {
  EXPECT_THAT(AfterSignature(1, "0 0 0 0"), IsBrokenBy(ChangeKind::kSignature));
  EXPECT_THAT(AfterSignature(2, "0 0 0 0"), IsSoundWith(ChangeKind::kSignature));
  EXPECT_THAT(AfterSignature(3, "0 0 0 0"), IsSoundWith(ChangeKind::kSignature));
}

TEST(CertifiedDocumentTest, ValidationDataAndTimestampsAreAlwaysAllowed) {
  HandMadeSignature timestamp = {.field = "Timestamp",
                                 .field_number = 30,
                                 .entries = "/Type /DocTimeStamp /SubFilter /ETSI.RFC3161",
                                 .page_annotations = "7 0 R 20 0 R",
                                 .form_fields = "7 0 R 20 0 R"};
  EXPECT_THAT(Certification(WithSignature(Certified(1), timestamp)),
              IsSoundWith(ChangeKind::kValidationData));
}

TEST(CertifiedDocumentTest, ContentMayNeverBeChanged) {
  for (const int permission : {1, 2, 3}) {
    EXPECT_THAT(
        Certification(WithUpdate(Certified(permission),
                                 {.objects = {{4, Replaced(SignedObject(4), "100", "900")}}})),
        IsBrokenBy(ChangeKind::kContent));
  }
}

TEST(CertifiedDocumentTest, NoteIsAllowedWhereAnnotationsAre) {
  EXPECT_THAT(AfterAnnotation(1, "/Subtype /Text"), IsBrokenBy(ChangeKind::kAnnotations));
  EXPECT_THAT(AfterAnnotation(2, "/Subtype /Text"), IsBrokenBy(ChangeKind::kAnnotations));
  EXPECT_THAT(AfterAnnotation(3, "/Subtype /Text"), IsSoundWith(ChangeKind::kAnnotations));
  EXPECT_THAT(AfterAnnotation(3, "/Subtype /Highlight"), IsSoundWith(ChangeKind::kAnnotations));
}

TEST(EvilAnnotationAttackTest, AnnotationThatPassesForContentIsReported) {
  for (const std::string subtype : {"FreeText", "Stamp", "Redact", "Square", "Ink", "Link",
                                    "FileAttachment", "Watermark", "Widget", "Nonsense"}) {
    EXPECT_THAT(AfterAnnotation(3, "/Subtype /" + subtype), IsBrokenBy(ChangeKind::kAnnotations))
        << subtype;
  }
}

TEST(EvilAnnotationAttackTest, NoteThatActsIsReported) {
  EXPECT_THAT(AfterAnnotation(3, "/Subtype /Text /A << /S /JavaScript /JS (1) >>"),
              IsBrokenBy(ChangeKind::kAnnotations));
  EXPECT_THAT(AfterAnnotation(3, "/Subtype /Text /AA << >>"), IsBrokenBy(ChangeKind::kAnnotations));
}

TEST(SneakySignatureAttackTest, SignatureOverTextIsReported) {
  EXPECT_THAT(AfterSignature(2, "60 690 300 730"), IsBrokenBy(ChangeKind::kSignature));
  EXPECT_THAT(AfterSignature(3, "60 690 300 730"), IsBrokenBy(ChangeKind::kSignature));
}

TEST(SneakySignatureAttackTest, SignatureOverAFieldIsReported) {
  EXPECT_THAT(AfterSignature(2, "70 590 120 610"), IsBrokenBy(ChangeKind::kSignature));
}

TEST(SneakySignatureAttackTest, SignatureOverMuchOfThePageIsReported) {
  EXPECT_THAT(AfterSignature(2, "0 0 595 500"), IsBrokenBy(ChangeKind::kSignature));
}

TEST(SneakySignatureAttackTest, SignatureInAFreePlaceIsPermitted) {
  EXPECT_THAT(AfterSignature(2, "300 50 500 100"), IsSoundWith(ChangeKind::kSignature));
}

TEST(SneakySignatureAttackTest, SignatureFieldThatActsIsReported) {
  EXPECT_THAT(AfterSignature(2, "0 0 0 0", "/AA << /K << /S /JavaScript /JS (1) >> >>"),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(SneakySignatureAttackTest, EmptySignatureFieldOverTextIsReported) {
  const std::string attack = WithUpdate(
      Certified(2),
      {.objects = {{3, Replaced(SignedObject(3), "20 0 R]", "20 0 R 31 0 R]")},
                   {6, Replaced(SignedObject(6), "[7 0 R]", "[7 0 R 20 0 R 31 0 R]")},
                   {31,
                    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sneaky) /Rect [60 690 300 "
                    "730] /P 3 0 R >>"}}});
  EXPECT_THAT(Certification(attack), IsBrokenBy(ChangeKind::kSignature));
}

// The payment order, signed or certified, with a field of a signature that nobody made, over the
// text.
PdfSignature AfterEmptyField(const std::string& pdf, const std::string& entries) {
  return Certification(WithUpdate(
      pdf, {.objects = {{3, Replaced(SignedObject(3), "20 0 R]", "20 0 R 31 0 R]")},
                        {6, Replaced(SignedObject(6), "[7 0 R]", "[7 0 R 20 0 R 31 0 R]")},
                        {31, absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sneaky) "
                                          "/Rect [60 690 300 730] /P 3 0 R ",
                                          entries, " >>")}}}));
}

TEST(SneakySignatureAttackTest, LooksOfANewFieldWithoutASignatureAreReported) {
  EXPECT_THAT(AfterEmptyField(SignedPaymentOrder(), ""), IsSoundWith(ChangeKind::kSignature));
  for (const std::string& pdf : {SignedPaymentOrder(), Certified(2), Certified(3)}) {
    EXPECT_THAT(AfterEmptyField(pdf, "/AP << /N 8 0 R >>"), IsBrokenBy(ChangeKind::kContent));
  }
}

// Anybody can have the document timestamped.
TEST(SneakySignatureAttackTest, VisibleDocumentTimestampIsReported) {
  HandMadeSignature timestamp = {.field = "Timestamp",
                                 .field_number = 30,
                                 .entries = "/Type /DocTimeStamp /SubFilter /ETSI.RFC3161",
                                 .rectangle = "60 690 300 730",
                                 .field_entries = "/AP << /N 8 0 R >>",
                                 .page_annotations = "7 0 R 20 0 R",
                                 .form_fields = "7 0 R 20 0 R"};
  for (const std::string& pdf : {SignedPaymentOrder(), Certified(1), Certified(3)}) {
    EXPECT_THAT(Certification(WithSignature(pdf, timestamp)), IsBrokenBy(ChangeKind::kContent));
  }
}

TEST(SneakySignatureAttackTest, DocumentTimestampByHalfIsReported) {
  for (const std::string entries :
       {"/Type /Sig /SubFilter /ETSI.RFC3161", "/SubFilter /ETSI.RFC3161",
        "/Type /DocTimeStamp /SubFilter /ETSI.CAdES.detached"}) {
    const std::string pdf =
        WithSignature(SignedPaymentOrder(), {.field = "Timestamp",
                                             .field_number = 30,
                                             .entries = entries,
                                             .rectangle = "60 690 300 730",
                                             .field_entries = "/AP << /N 8 0 R >>",
                                             .page_annotations = "7 0 R 20 0 R",
                                             .form_fields = "7 0 R 20 0 R"});
    ASSERT_OK_AND_ASSIGN(const auto read, OpenPdf(pdf));
    ASSERT_EQ(read->signatures().size(), 2u);
    for (const PdfSignature& signature : read->signatures()) {
      EXPECT_EQ(signature.defects.empty(), signature.field_name == "Signature1") << entries;
    }
  }
}

TEST(SneakySignatureAttackTest, LaterSignatureOverTextIsToldOfADocumentThatAllowsIt) {
  HandMadeSignature second = {.field = "Signature2",
                              .field_number = 30,
                              .rectangle = "60 690 300 730",
                              .page_annotations = "7 0 R 20 0 R",
                              .form_fields = "7 0 R 20 0 R"};
  const PdfSignature first = Certification(WithSignature(SignedPaymentOrder(), second));
  EXPECT_THAT(first, IsSoundWith(ChangeKind::kSignature));
  EXPECT_TRUE(std::any_of(first.changes_after.begin(), first.changes_after.end(),
                          [](const PdfChange& change) { return change.covers; }));
}

// A certified document that has an empty field for another signature, over the text.
std::string CertifiedWithAnEmptyField() {
  HandMadeObjects order = PaymentOrder();
  order[3] = Replaced(order[3], "[7 0 R]", "[7 0 R 30 0 R]");
  order[6] = Replaced(order[6], "[7 0 R]", "[7 0 R 30 0 R]");
  order[30] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Place) /Rect [60 690 300 730] "
      "/P 3 0 R /F 4 >>";
  return WithSignature(WritePdf(order),
                       {.entries = "/Type /Sig /SubFilter /ETSI.CAdES.detached /Reference [<< "
                                   "/TransformMethod /DocMDP /TransformParams << /P 2 >> >>]",
                        .page_annotations = "7 0 R 30 0 R",
                        .form_fields = "7 0 R 30 0 R",
                        .catalog_entries = "/Perms << /DocMDP 21 0 R >>"});
}

constexpr char kSignedField[] =
    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Place) /Rect [60 690 300 730] /P 3 0 R /F 132 "
    "/V 31 0 R /AP << /N 8 0 R >> >>";

TEST(CertifiedDocumentTest, FieldThatWasThereMayBeSignedWhereverItIs) {
  HandMadeSignature second = {.field_number = 30, .add_field = false};
  second.objects[30] = kSignedField;
  EXPECT_THAT(Certification(WithSignature(CertifiedWithAnEmptyField(), second)),
              IsSoundWith(ChangeKind::kSignature));
}

TEST(SneakySignatureAttackTest, LooksOfASignatureWithoutOneAreReported) {
  EXPECT_THAT(
      Certification(WithUpdate(
          CertifiedWithAnEmptyField(),
          {.objects = {{30, Replaced(Replaced(kSignedField, "/V 31 0 R", ""), "132", "4")}}})),
      IsBrokenBy(ChangeKind::kContent));
}

TEST(SneakySignatureAttackTest, DocumentTimestampInAFieldThatIsSeenIsReported) {
  HandMadeSignature second = {.field_number = 30,
                              .entries = "/Type /DocTimeStamp /SubFilter /ETSI.RFC3161",
                              .add_field = false};
  second.objects[30] = kSignedField;
  EXPECT_THAT(Certification(WithSignature(CertifiedWithAnEmptyField(), second)),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(SneakySignatureAttackTest, FieldThatIsMovedWhenItIsSignedIsReported) {
  HandMadeSignature second = {.field_number = 30, .add_field = false};
  second.objects[30] = Replaced(kSignedField, "[60 690", "[60 90");
  EXPECT_THAT(Certification(WithSignature(CertifiedWithAnEmptyField(), second)),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(CertifiedDocumentTest, RemovedCertificationIsReported) {
  EXPECT_THAT(Certification(WithUpdate(Certified(1), {.objects = {{1, SignedObject(1)}}})),
              IsBrokenBy(ChangeKind::kContent));
}

TEST(CertifiedDocumentTest, CertificationRulesLaterSignaturesToo) {
  HandMadeSignature second = {.field = "Signature2",
                              .field_number = 30,
                              .page_annotations = "7 0 R 20 0 R",
                              .form_fields = "7 0 R 20 0 R"};
  const std::string twice = WithSignature(Certified(2), second);
  const std::string annotated = WithUpdate(
      twice, {.objects = {{3, Replaced(SignedObject(3), "20 0 R]", "20 0 R 30 0 R 40 0 R]")},
                          {40, "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] >>"}}});
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(annotated));
  ASSERT_EQ(pdf->signatures().size(), 2u);
  EXPECT_THAT(pdf->signatures()[0], IsBrokenBy(ChangeKind::kAnnotations));
  EXPECT_THAT(pdf->signatures()[1], IsBrokenBy(ChangeKind::kAnnotations));
}

}  // namespace
}  // namespace enkrat::pades

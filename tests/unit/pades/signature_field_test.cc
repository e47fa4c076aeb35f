// Existing signature fields that are filled, and those that cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "pades/pdf_signing.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::Not;

// A form with the fields 7 ("podpis", a signature with its widget in one), 8 ("oseba", with the
// fields 9 "ime" and 10 "podpis" below it, whose widget is 11) and 12 ("besedilo").
// (11 does not name its /Parent, as it should: poppler 22.12 would then look for the signature in
// the widget.)
PdfPlan FormPlan() {
  PdfPlan plan = TwoPages();
  plan.objects[1] =
      "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R 8 0 R 12 0 R ] >> >>";
  plan.objects[3].insert(3, "/Annots [ 7 0 R 11 0 R ] ");
  plan.objects[7] =
      "<< /Type /Annot /Subtype /Widget /FT /Sig /T (podpis) /Rect [ 10 10 210 60 ] /P 3 0 R >>";
  plan.objects[8] = "<< /T (oseba) /FT /Sig /Kids [ 9 0 R 10 0 R ] >>";
  plan.objects[9] = "<< /T (ime) /FT /Tx /Parent 8 0 R >>";
  plan.objects[10] = "<< /T (podpis) /Parent 8 0 R /Kids [ 11 0 R ] >>";
  plan.objects[11] = "<< /Type /Annot /Subtype /Widget /Rect [ 300 10 500 60 ] /P 3 0 R >>";
  plan.objects[12] = "<< /T (besedilo) /FT /Tx /V (x) >>";
  return plan;
}

class SignatureFieldTest : public ::testing::Test {
 protected:
  SignatureFieldTest() { Write(); }
  void Write() { WriteText(path_, LayPdf(plan_)); }
  absl::Status Sign(SignatureOptions options) {
    options.signing_time = SigningTime();
    return signer_.Sign(path_, options);
  }
  absl::Status SignWith(int number, const std::string& body, SignatureOptions options) {
    plan_.objects[number] = body;
    Write();
    return Sign(std::move(options));
  }
  // Signs the field "podpis" with these entries more.
  absl::Status SignEntries(const std::string& entries, SignatureOptions options = {}) {
    options.field_name = "podpis";
    return SignWith(7,
                    absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Sig /T (podpis) /Rect [ 10 "
                                 "10 210 60 ] /P 3 0 R ",
                                 entries, " >>"),
                    std::move(options));
  }
  void ExpectValid(int signatures) {
    const Opinion opinion = AskOthers(path_);
    EXPECT_EQ(opinion.signatures, signatures) << opinion.words;
    EXPECT_EQ(opinion.valid, signatures) << opinion.words;
    EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
  }
  std::string Update() { return ReadText(path_).substr(LayPdf(plan_).size()); }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("form.pdf");
  DocumentSigner signer_;
  PdfPlan plan_ = FormPlan();
};

TEST_F(SignatureFieldTest, EmptyFieldIsFilledWhereItIs) {
  ASSERT_THAT(Sign({.field_name = "podpis"}), IsOk());
  ExpectValid(1);
  EXPECT_THAT(Update(), HasSubstr("7 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /P 3 0 R "
                                  "/Rect [ 10 10 210 60 ] /T (podpis) /V 13 0 R >>"));
  EXPECT_THAT(Update(), Not(HasSubstr("\n3 0 obj"))) << "the page is not changed";
}

TEST_F(SignatureFieldTest, FieldBelowAnotherIsFilledByItsFullName) {
  ASSERT_THAT(Sign({.field_name = "oseba.podpis"}), IsOk());
  ExpectValid(1);
  EXPECT_THAT(Update(), HasSubstr("10 0 obj\n<< /Kids [ 11 0 R ] /Parent 8 0 R /T (podpis) /V 13 "
                                  "0 R >>"));
  EXPECT_THAT(Update(), Not(HasSubstr("11 0 obj")));
}

TEST_F(SignatureFieldTest, FieldInAnObjectStreamIsFilled) {
  Qpdf({"--object-streams=generate"}, path_, folder_.File("streams.pdf"));
  path_ = folder_.File("streams.pdf");
  ASSERT_THAT(Sign({.field_name = "podpis"}), IsOk());
  ASSERT_THAT(Sign({.field_name = "oseba.podpis"}), IsOk());
  ExpectValid(2);
}

TEST_F(SignatureFieldTest, NewFieldHasTheFirstFreeName) {
  plan_.objects[12] = "<< /T (Signature1) /FT /Tx /V (x) >>";
  Write();
  ASSERT_THAT(Sign({}), IsOk());
  EXPECT_THAT(Update(), HasSubstr("/T (Signature2)"));
  ExpectValid(1);
}

TEST_F(SignatureFieldTest, NewFieldOfAGivenNameIsMade) {
  ASSERT_THAT(Sign({.field_name = "Direktorica"}), IsOk());
  ExpectValid(1);
  EXPECT_THAT(Update(), HasSubstr("/T (Direktorica)"));
}

TEST_F(SignatureFieldTest, NullValueIsNoSignature) {
  ASSERT_THAT(SignEntries("/V null"), IsOk());
  ExpectValid(1);
}

TEST_F(SignatureFieldTest, LockOfTheFieldBecomesTheSignaturesFieldMdp) {
  ASSERT_THAT(
      SignEntries("/Lock << /Type /SigFieldLock /Action /Include /Fields [ (besedilo) ] >>"),
      IsOk());
  ExpectValid(1);
  EXPECT_THAT(Update(), HasSubstr("/Reference [ << /Type /SigRef /TransformMethod /FieldMDP /Data "
                                  "1 0 R /TransformParams << /Type /TransformParams /Action "
                                  "/Include /Fields [ (besedilo) ] /V /1.2 >> >> ]"));
}

// --- Unsuitable fields.

TEST_F(SignatureFieldTest, SignedFieldIsNotSignedAgain) {
  ASSERT_THAT(Sign({.field_name = "podpis"}), IsOk());
  EXPECT_THAT(Sign({.field_name = "podpis"}), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, TextFieldIsNoSignatureField) {
  EXPECT_THAT(Sign({.field_name = "besedilo"}), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, FieldWithFieldsBelowItIsNoSignatureField) {
  EXPECT_THAT(Sign({.field_name = "oseba"}), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, TypeOfTheKidOverridesTheInheritedOne) {
  EXPECT_THAT(Sign({.field_name = "oseba.ime"}), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, FieldThatIsNotThereBelowAnother) {
  EXPECT_THAT(Sign({.field_name = "oseba.priimek"}), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, FieldThatIsNoObjectOfItsOwn) {
  EXPECT_THAT(SignWith(1,
                       "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ << /FT /Sig /T "
                       "(podpis) >> ] >> >>",
                       {.field_name = "podpis"}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, FieldThatIsShownTwice) {
  EXPECT_THAT(
      SignWith(10, "<< /T (podpis) /Parent 8 0 R /Kids [ 11 0 R << /Subtype /Widget >> ] >>",
               {.field_name = "oseba.podpis"}),
      FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, AppearanceInAFieldWithoutArea) {
  EXPECT_THAT(SignWith(7, "<< /Subtype /Widget /FT /Sig /T (podpis) /Rect [ 0 0 0 0 ] >>",
                       {.field_name = "podpis",
                        .appearance = Appearance{.place = {}, .text = "Ana", .image = {}}}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, AppearanceInAFieldWithoutWidget) {
  EXPECT_THAT(SignWith(7, "<< /FT /Sig /T (podpis) >>",
                       {.field_name = "podpis",
                        .appearance = Appearance{.place = {}, .text = "Ana", .image = {}}}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

// --- Seed values: what the form's author requires.

TEST_F(SignatureFieldTest, SeedValueThatIsMetIsSigned) {
  ASSERT_THAT(
      SignEntries("/SV << /Ff 79 /Filter /Adobe.PPKLite /SubFilter [ /ETSI.CAdES.detached ] "
                  "/DigestMethod [ (SHA256) ] /Reasons [ (Strinjam se) (Prejel) ] /V 1 "
                  "/MDP << /P 0 >> >>",
                  {.reason = "Prejel"}),
      IsOk());
  ExpectValid(1);
}

TEST_F(SignatureFieldTest, SeedValueThatOnlyRecommendsIsNoMatter) {
  EXPECT_THAT(SignEntries("/SV << /Filter /Nobody /SubFilter [ /adbe.x509.rsa_sha1 ] >>"), IsOk());
}

TEST_F(SignatureFieldTest, SeedValueOfAnotherHandler) {
  EXPECT_THAT(SignEntries("/SV << /Ff 1 /Filter /Nobody >>"),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueOfAnotherFormat) {
  EXPECT_THAT(SignEntries("/SV << /Ff 2 /SubFilter [ /adbe.pkcs7.detached ] >>"),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueOfANewerVersion) {
  EXPECT_THAT(SignEntries("/SV << /Ff 4 /V 4 >>"), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueOfAnotherReason) {
  EXPECT_THAT(SignEntries("/SV << /Ff 8 /Reasons [ (Prejel) ] >>", {.reason = "Strinjam se"}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueThatForbidsAReason) {
  EXPECT_THAT(SignEntries("/SV << /Ff 8 /Reasons [ (.) ] >>", {.reason = "Strinjam se"}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueThatRequiresRevocationData) {
  EXPECT_THAT(SignEntries("/SV << /Ff 32 /AddRevInfo true >>"),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueOfAnotherDigest) {
  EXPECT_THAT(SignEntries("/SV << /Ff 64 /DigestMethod [ (SHA512) ] >>"),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueWithARequirementNobodyKnows) {
  EXPECT_THAT(SignEntries("/SV << /Ff 1024 >>"), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueOfCertainCertificates) {
  EXPECT_THAT(SignEntries("/SV << /Cert << /Ff 2 /Issuer [ (x) ] >> >>"),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueThatAsksForACertification) {
  EXPECT_THAT(SignEntries("/SV << /MDP << /P 2 >> >>"), FailsWith(Reason::kPdfFieldUnsuitable));
}

TEST_F(SignatureFieldTest, SeedValueThatAsksForAnApproval) {
  EXPECT_THAT(SignEntries("/SV << /MDP << /P 0 >> >>", {.certify = AllowedChanges::kFormFilling}),
              FailsWith(Reason::kPdfFieldUnsuitable));
}

}  // namespace
}  // namespace enkrat::pades::testing

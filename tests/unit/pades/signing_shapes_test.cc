// Documents of every shape that producers make: signed, they are valid for pdfsig, in order for
// qpdf, and not one octet of them changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "pades/pdf_signing.h"
#include "pades/signed_pdf.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SigningShapesTest : public ::testing::Test {
 protected:
  // Signs the file once more and expects all signatures in it to be valid.
  void ExpectSigned(int signatures = 1, SignatureOptions options = {}) {
    const std::string before = ReadText(path_);
    options.signing_time = SigningTime();
    ASSERT_THAT(signer_.Sign(path_, options), IsOk());
    const Opinion opinion = AskOthers(path_);
    EXPECT_EQ(opinion.signatures, signatures) << opinion.words;
    EXPECT_EQ(opinion.valid, signatures) << opinion.words;
    EXPECT_EQ(opinion.covering_all, 1) << opinion.words;
    EXPECT_TRUE(opinion.structure_in_order) << opinion.words;
    EXPECT_THAT(TextOf(path_), HasSubstr("Enkrat podpise"));
    EXPECT_TRUE(absl::StartsWith(ReadText(path_), before));
    ExpectReadBack(static_cast<size_t>(signatures));
  }
  // Our own reader agrees.
  void ExpectReadBack(size_t signatures) {
    ASSERT_OK_AND_ASSIGN(const auto read, SignedPdf::Open(path_, {}));
    ASSERT_EQ(read->signatures().size(), signatures);
    for (const PdfSignature& signature : read->signatures()) {
      EXPECT_THAT(signature.defects, IsEmpty());
      EXPECT_TRUE(signature.changes_are_permitted);
    }
    EXPECT_TRUE(read->signatures().back().covers_whole_document);
  }
  void Write(const PdfPlan& plan) { WriteText(path_, LayPdf(plan)); }
  void Convert(std::vector<std::string> options) {
    Qpdf(std::move(options), path_, folder_.File("converted.pdf"));
    path_ = folder_.File("converted.pdf");
  }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
  DocumentSigner signer_;
};

TEST_F(SigningShapesTest, ClassicFileIsSigned) {
  Write(TwoPages());
  ExpectSigned();
}

TEST_F(SigningShapesTest, FileWithObjectStreamsIsSigned) {
  Write(TwoPages());
  Convert({"--object-streams=generate"});
  ExpectSigned();
  EXPECT_FALSE(absl::StrContains(ReadText(path_), "\ntrailer\n"));
}

TEST_F(SigningShapesTest, LinearisedFileIsSigned) {
  Write(TwoPages());
  Convert({"--linearize", "--object-streams=disable"});
  ExpectSigned();
}

TEST_F(SigningShapesTest, LinearisedFileWithObjectStreamsIsSigned) {
  Write(TwoPages());
  Convert({"--linearize", "--object-streams=generate"});
  ExpectSigned();
}

TEST_F(SigningShapesTest, HybridFileIsSigned) {
  WriteText(path_, LayHybridPdf());
  ExpectSigned();
  const std::string update = ReadText(path_).substr(LayHybridPdf().size());
  EXPECT_TRUE(absl::StrContains(update, "\ntrailer\n"));
  EXPECT_FALSE(absl::StrContains(update, "XRefStm"));
}

TEST_F(SigningShapesTest, FileWithAWrongSizeInItsTrailerIsSigned) {
  WriteText(path_, absl::StrReplaceAll(LayPdf(TwoPages()), {{"/Size 7", "/Size 3"}}));
  const std::string before = ReadText(path_);
  ASSERT_THAT(signer_.Sign(path_, {.signing_time = SigningTime()}), IsOk());
  EXPECT_THAT(ReadText(path_).substr(before.size()), HasSubstr("7 0 obj\n<< /Type /Sig"));
  EXPECT_EQ(AskOthers(path_).valid, 1);
}

TEST_F(SigningShapesTest, FileWithoutLineEndAtItsEndIsSigned) {
  PdfPlan plan = TwoPages();
  plan.after_end = "";
  Write(plan);
  ExpectSigned();
}

TEST_F(SigningShapesTest, FileWithSeveralEndMarksAndTrailingBlanksIsSigned) {
  PdfPlan plan = TwoPages();
  plan.after_end = "\r\n%%EOF\r\n   \r\n";
  Write(plan);
  ExpectSigned();
}

TEST_F(SigningShapesTest, FileWithZerosAtItsEndIsSigned) {
  PdfPlan plan = TwoPages();
  plan.after_end = std::string("\n\0\0\0", 4);
  Write(plan);
  ExpectSigned();
}

TEST_F(SigningShapesTest, FileWithoutIdentifiersIsSigned) {
  PdfPlan plan = TwoPages();
  plan.trailer_entries = "";
  Write(plan);
  ExpectSigned();
}

TEST_F(SigningShapesTest, TrailerKeepsWhatItHad) {
  PdfPlan plan = TwoPages();
  plan.objects[7] = "<< /Title (Pogodba) >>";
  absl::StrAppend(&plan.trailer_entries, " /Info 7 0 R /Odd#20One [ 1 2 ]");
  Write(plan);
  ExpectSigned();
  const std::string update = ReadText(path_).substr(LayPdf(plan).size());
  EXPECT_THAT(update, HasSubstr("/Info 7 0 R"));
  EXPECT_THAT(update, HasSubstr("/Odd#20One [ 1 2 ]"));
  EXPECT_THAT(update, HasSubstr("/Root 1 0 R"));
  EXPECT_THAT(update, HasSubstr("/ID [ <00112233445566778899aabbccddeeff> <"));
}

TEST_F(SigningShapesTest, SignedFileIsSignedAgainAndAgain) {
  Write(TwoPages());
  for (int signatures = 1; signatures <= 4; ++signatures) ExpectSigned(signatures);
}

TEST_F(SigningShapesTest, SignedFileWithObjectStreamsIsSignedAgain) {
  Write(TwoPages());
  Convert({"--object-streams=generate"});
  ExpectSigned(1);
  ExpectSigned(2);
}

TEST_F(SigningShapesTest, EachDigestAlgorithmIsValid) {
  Write(TwoPages());
  ExpectSigned(1, {.digest_algorithm = DigestAlgorithm::kSha256});
  ExpectSigned(2, {.digest_algorithm = DigestAlgorithm::kSha384});
  ExpectSigned(3, {.digest_algorithm = DigestAlgorithm::kSha512});
}

TEST_F(SigningShapesTest, AnnotationsInAnArrayOfTheirOwnAreKept) {
  PdfPlan plan = TwoPages();
  plan.objects[3].insert(3, "/Annots 7 0 R ");
  plan.objects[7] = "[ 8 0 R ]";
  plan.objects[8] = "<< /Type /Annot /Subtype /Text /Rect [ 1 1 9 9 ] /Contents (opomba) >>";
  Write(plan);
  ExpectSigned();
  EXPECT_THAT(ReadText(path_), HasSubstr("7 0 obj\n[ 8 0 R 10 0 R ]"));
}

TEST_F(SigningShapesTest, AnnotationsWithinThePageAreKept) {
  PdfPlan plan = TwoPages();
  plan.objects[3].insert(3, "/Annots [ 7 0 R ] ");
  plan.objects[7] = "<< /Type /Annot /Subtype /Text /Rect [ 1 1 9 9 ] /Contents (opomba) >>";
  Write(plan);
  ExpectSigned();
  EXPECT_THAT(ReadText(path_), HasSubstr("/Annots [ 7 0 R 9 0 R ]"));
}

TEST_F(SigningShapesTest, FormOfItsOwnObjectKeepsItsOtherFields) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm 7 0 R >>";
  plan.objects[7] = "<< /Fields 8 0 R /DA (/F1 0 Tf) /NeedAppearances true >>";
  plan.objects[8] = "[ 9 0 R ]";
  plan.objects[9] = "<< /FT /Tx /T (ime) /V (Ana) >>";
  Write(plan);
  ExpectSigned();
  const std::string update = ReadText(path_).substr(LayPdf(plan).size());
  EXPECT_THAT(update, HasSubstr("8 0 obj\n[ 9 0 R 11 0 R ]"));
  EXPECT_THAT(update, HasSubstr("7 0 obj\n<< /DA (/F1 0 Tf) /Fields 8 0 R /NeedAppearances true "
                                "/SigFlags 3 >>"));
}

TEST_F(SigningShapesTest, FormWithinTheCatalogKeepsItsOtherFields) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R ] >> >>";
  plan.objects[7] = "<< /FT /Tx /T (ime) /V (Ana) >>";
  Write(plan);
  ExpectSigned();
  EXPECT_THAT(ReadText(path_), HasSubstr("/AcroForm << /Fields [ 7 0 R 9 0 R ] /SigFlags 3 >>"));
}

TEST_F(SigningShapesTest, CatalogSaysThatItUsesTheExtension) {
  Write(TwoPages());
  ExpectSigned();
  EXPECT_THAT(ReadText(path_),
              HasSubstr("/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 >> >>"));
}

TEST_F(SigningShapesTest, TextsAndTimeAreInTheSignatureDictionary) {
  Write(TwoPages());
  ExpectSigned(1, {.signer_name = "Ana Novak", .reason = "Strinjam se", .location = "Ljubljana"});
  const Opinion opinion = AskOthers(path_);
  EXPECT_THAT(ReadText(path_), HasSubstr("/Location (Ljubljana)"));
  EXPECT_THAT(ReadText(path_), HasSubstr("/Reason (Strinjam se)"));
  EXPECT_THAT(opinion.words, HasSubstr("Signature Type: ETSI.CAdES.detached"));
  EXPECT_THAT(opinion.words, HasSubstr("Jan 15 2027"));
}

TEST_F(SigningShapesTest, TextsBeyondLatinAreUtf16) {
  Write(TwoPages());
  ExpectSigned(1, {.location = "Črnomelj (Žaga)"});
  EXPECT_THAT(ReadText(path_), HasSubstr("/Location <feff010c0072006e006f006d0065006c006a"));
}

TEST_F(SigningShapesTest, CertifiedFileThatAllowsFormFillingIsSigned) {
  Write(TwoPages());
  ExpectSigned(1, {.certify = AllowedChanges::kFormFilling});
  EXPECT_THAT(ReadText(path_), HasSubstr("/Perms << /DocMDP 7 0 R >>"));
  ExpectSigned(2);
}

TEST_F(SigningShapesTest, CertifiedFileThatAllowsAnnotationsIsSigned) {
  Write(TwoPages());
  ExpectSigned(1, {.certify = AllowedChanges::kFormFillingAndAnnotations});
  ExpectSigned(2);
}

}  // namespace
}  // namespace enkrat::pades::testing

// Documents that are not signed, each with what is wrong in it, and the reason that is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
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

class RefusedDocumentsTest : public ::testing::Test {
 protected:
  absl::Status Prepared(const std::string& octets) {
    WriteText(path_, octets);
    return Prepared();
  }
  absl::Status Prepared() {
    return PrepareSignature(path_, {.signing_time = SigningTime()}).status();
  }
  absl::Status Prepared(const PdfPlan& plan) { return Prepared(LayPdf(plan)); }
  // TwoPages with one object in another form.
  absl::Status PreparedWith(int number, const std::string& body) {
    PdfPlan plan = TwoPages();
    plan.objects[number] = body;
    return Prepared(plan);
  }

  enkrat::testing::ScratchFolder folder_;
  std::string path_ = folder_.File("document.pdf");
};

TEST_F(RefusedDocumentsTest, NoFile) {
  const absl::Status status = Prepared();
  EXPECT_THAT(status, FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(status.ToString(), Not(HasSubstr(path_)));
}

TEST_F(RefusedDocumentsTest, EmptyFile) {
  EXPECT_THAT(Prepared(""), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, NotAPdf) {
  EXPECT_THAT(Prepared("PK\x03\x04 and so on"), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, HeaderOnly) {
  EXPECT_THAT(Prepared("%PDF-1.7\n"), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, OctetsBeforeTheHeader) {
  // Some readers count offsets from the header, some from the file's begin.
  PdfPlan plan = TwoPages();
  plan.before_header = "\r\n";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, OctetsBehindTheEnd) {
  PdfPlan plan = TwoPages();
  plan.after_end = "\n<html></html>\n";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, NoStartOfTheCrossReference) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"startxref", "startxxxx"}})),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, StartOfTheCrossReferenceIsNoNumber) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"startxref\n", "startxref\nx"}})),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, StartOfTheCrossReferenceIsZero) {
  EXPECT_THAT(
      Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"startxref\n", "startxref\n0\n"}})),
      FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, StartOfTheCrossReferenceBeyondTheEnd) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"startxref\n", "startxref\n99"}})),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, StartOfTheCrossReferenceWithTooManyDigits) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()),
                                           {{"startxref\n", "startxref\n00000000000000000000"}})),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, EveryTruncation) {
  const std::string whole = LayPdf(TwoPages());
  // Without its last line end the file is whole.
  for (size_t octets = 0; octets + 10 < whole.size(); octets += 3) {
    EXPECT_THAT(Prepared(whole.substr(0, octets)), FailsWith(Reason::kPdfDamaged)) << octets;
  }
}

TEST_F(RefusedDocumentsTest, OffsetOfTheCatalogIsWrong) {
  std::string text = LayPdf(TwoPages());
  const size_t entry = text.find("0000000015 00000 n");
  ASSERT_NE(entry, std::string::npos);
  text[entry + 9] = '7';
  EXPECT_THAT(Prepared(text), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, SizeOfTheTrailerIsHuge) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"/Size 7", "/Size 2147483647"}})),
              FailsWith(Reason::kLimitExceeded));
}

TEST_F(RefusedDocumentsTest, CrossReferenceChainThatIsALoop) {
  std::string text = LayPdf(TwoPages());
  const size_t section = text.rfind("\nxref\n") + 1;
  EXPECT_THAT(
      Prepared(absl::StrReplaceAll(text, {{"/Size 7", absl::StrCat("/Size 7 /Prev ", section)}})),
      FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, TrailerWithoutCatalog) {
  EXPECT_THAT(Prepared(absl::StrReplaceAll(LayPdf(TwoPages()), {{"/Root 1 0 R", "/Rot 1 0 R"}})),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, CatalogIsNoDictionary) {
  EXPECT_THAT(PreparedWith(1, "[ 2 0 R ]"), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, CatalogCannotBeParsed) {
  EXPECT_THAT(PreparedWith(1, "<< /Type /Catalog /Pages 2 0 R"), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, NoPages) {
  EXPECT_THAT(PreparedWith(1, "<< /Type /Catalog >>"), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, EmptyPageTree) {
  EXPECT_THAT(PreparedWith(2, "<< /Type /Pages /Kids [ ] /Count 0 >>"),
              FailsWith(Reason::kRequestMalformed));
}

TEST_F(RefusedDocumentsTest, PageTreeThatIsALoop) {
  EXPECT_THAT(PreparedWith(2, "<< /Type /Pages /Kids [ 2 0 R ] /Count 1 >>"),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, PageTreeTooDeep) {
  PdfPlan plan = TwoPages();
  for (int depth = 0; depth < 70; ++depth) {
    plan.objects[depth == 0 ? 2 : 9 + depth] =
        absl::StrCat("<< /Type /Pages /Kids [ ", 10 + depth, " 0 R ] /Count 1 >>");
  }
  plan.objects[79] = "<< /Type /Page /MediaBox [ 0 0 9 9 ] >>";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, PageWithoutMediaBox) {
  EXPECT_THAT(PreparedWith(2, "<< /Type /Pages /Kids [ 3 0 R 4 0 R ] /Count 2 >>"),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, PageWithinThePageTree) {
  EXPECT_THAT(PreparedWith(2, "<< /Type /Pages /Kids [ << /Type /Page >> ] /Count 1 >>"),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, PageTurnedAskew) {
  EXPECT_THAT(PreparedWith(3, "<< /Type /Page /Parent 2 0 R /Rotate 45 >>"),
              FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, FormThatIsALoop) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 7 0 R ] >> >>";
  plan.objects[7] = "<< /T (a) /Kids [ 7 0 R ] >>";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, FormTooDeep) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 10 0 R ] >> >>";
  for (int depth = 0; depth < 40; ++depth) {
    plan.objects[10 + depth] = absl::StrCat("<< /T (a) /Kids [ ", 11 + depth, " 0 R ] >>");
  }
  plan.objects[50] = "<< /T (b) /FT /Tx >>";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, FieldThatIsNoDictionary) {
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [ 42 ] >> >>";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, SecurityStoreThatCannotBeRead) {
  // Found before the signature is made, not when the validation data is to be added to it.
  PdfPlan plan = TwoPages();
  plan.objects[1] = "<< /Type /Catalog /Pages 2 0 R /DSS << /Certs [ 7 0 R ] >> >>";
  plan.objects[7] = "<< /Length 30 >> stream";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfDamaged));
}

TEST_F(RefusedDocumentsTest, CompressedCrossReferenceThatIsABomb) {
  // 96 MiB of zeros as the cross-reference stream, in a file of some 100 KiB.
  PdfPlan plan = TwoPages();
  plan.objects[7] =
      absl::StrCat("<< /Type /XRef /W [ 1 2 1 ] /Size 8 /Root 1 0 R /Length ", 96 << 20,
                   " >>\nstream\n", std::string(96 << 20, '\0'), "\nendstream");
  WriteText(path_, LayPdf(plan));
  Qpdf({"--stream-data=compress", "--object-streams=disable", "--preserve-unreferenced"}, path_,
       folder_.File("small.pdf"));
  std::string small = ReadText(folder_.File("small.pdf"));
  ASSERT_LT(small.size(), size_t{1} << 20);
  const size_t bomb = small.find("/Type /XRef");
  ASSERT_NE(bomb, std::string::npos);
  const size_t object = small.rfind("\n", small.rfind(" 0 obj", bomb)) + 1;
  small.resize(small.rfind("startxref"));
  EXPECT_THAT(Prepared(absl::StrCat(small, "startxref\n", object, "\n%%EOF\n")),
              FailsWith(Reason::kLimitExceeded));
}

class EncryptedDocumentsTest : public RefusedDocumentsTest {
 protected:
  void Encrypt(std::vector<std::string> passwords_and_bits) {
    WriteText(folder_.File("plain.pdf"), LayPdf(TwoPages()));
    passwords_and_bits.insert(passwords_and_bits.begin(), "--encrypt");
    passwords_and_bits.push_back("--");
    Qpdf(passwords_and_bits, folder_.File("plain.pdf"), path_);
  }
};

TEST_F(EncryptedDocumentsTest, WithAPasswordToOpenIt) {
  Encrypt({"odpri", "lastnik", "256"});
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfEncrypted));
}

TEST_F(EncryptedDocumentsTest, WithAPasswordForPermissionsOnly) {
  Encrypt({"", "lastnik", "256"});
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfEncrypted));
}

TEST_F(EncryptedDocumentsTest, WithAes128) {
  Encrypt({"", "lastnik", "128", "--use-aes=y"});
  EXPECT_THAT(Prepared(), FailsWith(Reason::kPdfEncrypted));
}

TEST_F(EncryptedDocumentsTest, WithASecurityHandlerNobodyKnows) {
  PdfPlan plan = TwoPages();
  plan.trailer_entries += " /Encrypt << /Filter /Nobody /V 4 >>";
  EXPECT_THAT(Prepared(plan), FailsWith(Reason::kPdfEncrypted));
}

TEST_F(EncryptedDocumentsTest, NeitherTimestampsNorValidationDataAreAdded) {
  Encrypt({"", "lastnik", "256"});
  EXPECT_THAT(PrepareDocumentTimestamp(path_, {}).status(), FailsWith(Reason::kPdfEncrypted));
  EXPECT_THAT(PrepareValidationData(path_, {.certificates_der = {ToBytes("x")}}).status(),
              FailsWith(Reason::kPdfEncrypted));
}

// --- What is asked for cannot be done.

class RefusedOptionsTest : public RefusedDocumentsTest {
 protected:
  RefusedOptionsTest() { WriteText(path_, LayPdf(TwoPages())); }
  void ExpectRefused(SignatureOptions options, Reason reason) {
    if (options.signing_time == absl::Time()) options.signing_time = SigningTime();
    EXPECT_THAT(PrepareSignature(path_, options).status(), FailsWith(reason));
  }
};

TEST_F(RefusedOptionsTest, TextThatIsNotUtf8) {
  ExpectRefused({.reason = "\xC3\x28"}, Reason::kRequestMalformed);
}

TEST_F(RefusedOptionsTest, TextWithADirectionOverride) {
  ExpectRefused({.signer_name = "Ana\xE2\x80\xAE"
                                "fdp"},
                Reason::kRequestMalformed);
}

TEST_F(RefusedOptionsTest, TextTooLong) {
  ExpectRefused({.location = std::string(257, 'x')}, Reason::kLimitExceeded);
}

TEST_F(RefusedOptionsTest, NameOfANewFieldWithADot) {
  ExpectRefused({.field_name = "a.b"}, Reason::kPdfFieldUnsuitable);
}

TEST_F(RefusedOptionsTest, NoRoomForASignature) {
  ExpectRefused({.contents_octets = 0}, Reason::kRequestMalformed);
}

TEST_F(RefusedOptionsTest, RoomBeyondAllSignatures) {
  ExpectRefused({.contents_octets = size_t{1} << 30}, Reason::kRequestMalformed);
}

TEST_F(RefusedOptionsTest, TimeWithFiveDigitYear) {
  ExpectRefused({.signing_time = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone())},
                Reason::kRequestMalformed);
}

TEST_F(RefusedOptionsTest, TimeWithoutEnd) {
  ExpectRefused({.signing_time = absl::InfiniteFuture()}, Reason::kRequestMalformed);
}

}  // namespace
}  // namespace enkrat::pades::testing

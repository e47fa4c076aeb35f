// PDFs that are made to cost: what they unpack to, how deep and how often they refer, how much they
// repeat. All end soon, with the reason.
#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/bytes.h"
#include "pades/signed_pdf.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::SizeIs;

std::string Bomb() { return Deflated(std::string(size_t{80} << 20, ' ')); }

HandMadeObjects WithStore(const HandMadeObjects& more) {
  HandMadeObjects objects = PaymentOrder();
  objects[1] = Replaced(objects[1], "/Metadata", "/DSS 40 0 R /Metadata");
  objects.insert(more.begin(), more.end());
  return objects;
}

TEST(HostilePdfTest, ValidationDataThatUnpacksToTooMuchIsLeftOut) {
  ASSERT_OK_AND_ASSIGN(
      const auto pdf,
      OpenPdf(WritePdf(WithStore({{40, "<< /Certs [41 0 R 42 0 R] >>"},
                                  {41, HandMadeStream("/Filter /FlateDecode", Bomb())},
                                  {42, HandMadeStream("", "certificate")}}))));
  EXPECT_THAT(pdf->validation_data().certificates_der, SizeIs(1));
}

TEST(HostilePdfTest, ValidationDataBeyondTheBoundIsLeftOut) {
  HandMadeObjects objects = {{40, "<< /Certs [ "}};
  for (int i = 0; i < 200; ++i) {
    objects[100 + i] = HandMadeStream("", absl::StrCat("certificate ", i));
    absl::StrAppend(&objects[40], 100 + i, " 0 R ");
  }
  absl::StrAppend(&objects[40], "] /CRLs (none) /OCSPs [1 null (x) 5 0 R 60 0 R] >>");
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WritePdf(WithStore(objects))));
  EXPECT_THAT(pdf->validation_data().certificates_der, SizeIs(64));
  EXPECT_THAT(pdf->validation_data().crls_der, SizeIs(0));
  EXPECT_THAT(pdf->validation_data().ocsp_responses_der, SizeIs(0));
}

TEST(HostilePdfTest, SameValidationDataTwiceIsOne) {
  ASSERT_OK_AND_ASSIGN(const auto pdf,
                       OpenPdf(WritePdf(WithStore(
                           {{40, "<< /Certs [41 0 R 41 0 R 42 0 R] >>"},
                            {41, HandMadeStream("", "one")},
                            {42, HandMadeStream("/Filter /FlateDecode", Deflated("one"))}}))));
  EXPECT_THAT(pdf->validation_data().certificates_der, SizeIs(1));
}

// A document whose newest revision is this cross-reference stream.
std::string WithSection(const std::string& entries, const std::string& octets) {
  std::string pdf = WritePdf(PaymentOrder());
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  const uint64_t section = pdf.size();
  absl::StrAppend(
      &pdf, "30 0 obj\n",
      HandMadeStream(absl::StrCat("/Type /XRef /Root 1 0 R /Prev ", previous, " ", entries),
                     octets),
      "\nendobj\nstartxref\n", section, "\n%%EOF\n");
  return pdf;
}

TEST(HostilePdfTest, CrossReferencesThatUnpackToTooMuchAreRefused) {
  EXPECT_THAT(
      OpenPdf(WithSection("/Size 31 /W [1 4 2] /Index [30 1] /Filter /FlateDecode", Bomb())),
      FailsWith(Reason::kLimitExceeded));
}

TEST(HostilePdfTest, CrossReferencesOfMoreObjectsThanAllowedAreRefused) {
  for (const std::string entries :
       {"/Size 900000000 /W [1 4 2]", "/Size 31 /W [0 0 0] /Index [0 900000000]"}) {
    EXPECT_THAT(OpenPdf(WithSection(entries, "")), FailsWith(Reason::kLimitExceeded)) << entries;
  }
}

TEST(HostilePdfTest, CrossReferencesThatMakeNoSenseAreRefused) {
  for (const std::string entries :
       {"/Size 31", "/Size 31 /W 5", "/Size 31 /W [1 9999 2]", "/Size -1 /W [1 4 2]",
        "/Size 31 /W [1 4 2] /Index [30]", "/Size 31 /W [1 4 2] /Index [30 -1]",
        "/Size 31 /W [1 4 2] /Index [30 1] /Filter /LZWDecode",
        "/Size 31 /W [1 4 2] /Index [30 1] /Filter [/FlateDecode /FlateDecode]",
        "/Size 31 /W [1 4 2] /Index [0 99999999999999999999]"}) {
    EXPECT_THAT(OpenPdf(WithSection(entries, "")), FailsWith(Reason::kPdfDamaged)) << entries;
  }
}

TEST(HostilePdfTest, ObjectStreamThatUnpacksToTooMuchIsRefused) {
  std::string pdf = WritePdf(PaymentOrder());
  const uint64_t previous = pdf.rfind("xref\n", pdf.rfind("startxref") - 1);
  const uint64_t stream = pdf.size();
  absl::StrAppend(&pdf, "31 0 obj\n",
                  HandMadeStream("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", Bomb()),
                  "\nendobj\n");
  const auto row = [](char type, uint64_t offset) {
    return std::string(1, type) + static_cast<char>(offset >> 24) +
           static_cast<char>(offset >> 16) + static_cast<char>(offset >> 8) +
           static_cast<char>(offset) + std::string(2, '\0');
  };
  const uint64_t section = pdf.size();
  absl::StrAppend(
      &pdf, "32 0 obj\n",
      HandMadeStream(absl::StrCat("/Type /XRef /Root 1 0 R /Size 33 /W [1 4 2] /Index [9 1 31 2] "
                                  "/Prev ",
                                  previous),
                     row(2, 31) + row(1, stream) + row(1, section)),
      "\nendobj\nstartxref\n", section, "\n%%EOF\n");
  EXPECT_THAT(OpenPdf(pdf), FailsWith(Reason::kLimitExceeded));
}

TEST(HostilePdfTest, DeepNestingIsRefused) {
  HandMadeObjects objects = PaymentOrder();
  objects[1] =
      Replaced(objects[1], "/Metadata",
               "/X " + std::string(100'000, '[') + std::string(100'000, ']') + " /Metadata");
  EXPECT_THAT(OpenPdf(WritePdf(objects)), FailsWith(Reason::kPdfDamaged));
}

TEST(HostilePdfTest, PageTreeInACircleIsRefused) {
  for (const std::string kids :
       {"[2 0 R]", "[3 0 R 3 0 R]", "[3 0 R 2 0 R]", "[<< >>]", "[99 0 R]", "[(page)]"}) {
    HandMadeObjects objects = PaymentOrder();
    objects[2] = absl::StrCat("<< /Type /Pages /Count 1 /Kids ", kids, " >>");
    EXPECT_THAT(OpenPdf(WritePdf(objects)), FailsWith(Reason::kPdfDamaged)) << kids;
  }
}

TEST(HostilePdfTest, FormInACircleEnds) {
  HandMadeObjects objects = PaymentOrder();
  objects[6] = "<< /Fields [30 0 R 30 0 R] >>";
  objects[30] = "<< /FT /Sig /T (a) /Kids [30 0 R 31 0 R] >>";
  objects[31] = "<< /T (b) /Parent 30 0 R /Kids [30 0 R] >>";
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WritePdf(objects)));
  EXPECT_THAT(pdf->signatures(), SizeIs(0));
}

TEST(HostilePdfTest, FieldsWithoutObjectsInAWideTreeEnd) {
  // Each level names the next one many times: 16^8 fields if they were all visited.
  HandMadeObjects objects = PaymentOrder();
  objects[6] = "<< /Fields 30 0 R >>";
  for (int level = 30; level < 38; ++level) {
    objects[level] = "[";
    for (int i = 0; i < 16; ++i) {
      absl::StrAppend(&objects[level], "<< /T (a) /Kids ", level + 1, " 0 R >> ");
    }
    absl::StrAppend(&objects[level], "]");
  }
  EXPECT_THAT(OpenPdf(WritePdf(objects)), FailsWith(Reason::kLimitExceeded));
}

TEST(HostilePdfTest, ManyRevisionsAreComparedOneByOne) {
  std::string pdf = SignedPaymentOrder();
  for (int i = 0; i < 100; ++i) pdf = WithUpdate(pdf, {.objects = {{60, absl::StrCat(i)}}});
  ASSERT_OK_AND_ASSIGN(const auto opened, OpenPdf(pdf));
  // Nothing refers to the object: it is replaced all the same.
  EXPECT_THAT(opened->signatures()[0], IsBrokenBy(ChangeKind::kObjectsOutOfPlace));
  EXPECT_LE(opened->signatures()[0].changes_after.size(), 64u);
}

// A line of /proc/self/status.
int64_t MemoryKibibytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t size = 0;
    if (word == name && status >> size) return size;
  }
  return 0;
}

TEST(HostilePdfTest, LargeDocumentIsNotHeldInMemory) {
  const enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("large.pdf");
  HandMadeObjects objects = PaymentOrder();
  objects[14] = HandMadeStream("/Type /EmbeddedFile", std::string(size_t{90} << 20, 'x'));
  {
    std::string pdf = WithSignature(WritePdf(objects), {});
    pdf = WithUpdate(pdf, {.objects = {{7, Replaced(PaymentOrder().at(7), "(100)", "(2)")}}});
    std::ofstream(path, std::ios::binary) << pdf;
  }
  objects.clear();
  std::ofstream("/proc/self/clear_refs") << 5;  // the peak starts anew (proc(5))
  const int64_t before = MemoryKibibytes("VmRSS:");
  ASSERT_OK_AND_ASSIGN(const auto pdf, SignedPdf::Open(path, {}));
  EXPECT_THAT(pdf->DigestOf(0, DigestAlgorithm::kSha256), IsOk());
  EXPECT_THAT(pdf->signatures()[0], IsSoundWith(ChangeKind::kFormFilling));
  EXPECT_LT(MemoryKibibytes("VmHWM:") - before, 16 * 1024);
}

}  // namespace
}  // namespace enkrat::pades

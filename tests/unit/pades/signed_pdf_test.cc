// What SignedPdf says of sound documents, and of files that are none.
#include "pades/signed_pdf.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/subprocess.h"
#include "tests/unit/pades/hand_made_pdf.h"
#include "tests/unit/pades/opened_pdf.h"

namespace enkrat::pades {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::enkrat::testing::ProgramOutcome;
using ::enkrat::testing::RunProgram;
using ::enkrat::testing::ScratchFolder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(SignedPdfTest, SignedDocumentIsSoundAndCoveredAsAWhole) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(SignedPaymentOrder()));
  ASSERT_THAT(pdf->signatures(), SizeIs(1));
  const PdfSignature& signature = pdf->signatures()[0];
  EXPECT_THAT(signature, IsSoundWith(ChangeKind::kNone));
  EXPECT_EQ(signature.field_name, "Signature1");
  EXPECT_EQ(signature.sub_filter, "ETSI.CAdES.detached");
  EXPECT_TRUE(signature.covers_whole_document);
  EXPECT_EQ(signature.revision_end, SignedPaymentOrder().size());
  EXPECT_EQ(signature.claimed_time, absl::FromUnixSeconds(1780315200));
  EXPECT_FALSE(signature.document_timestamp);
  EXPECT_FALSE(signature.visible);
  EXPECT_EQ(signature.contents_der[0], 0x30);
}

TEST(SignedPdfTest, OthersFindTheSignatureOfTheTestsDocumentValid) {
  const ScratchFolder folder;
  const std::string path = folder.File("signed.pdf");
  ASSERT_THAT(WriteFile(path, AsSpan(SignedPaymentOrder()), {}), IsOk());
  const ProgramOutcome pdfsig = RunProgram({.argv = {"pdfsig", "-nocert", path}});
  EXPECT_THAT(pdfsig.out, HasSubstr("Signature is Valid"));
  EXPECT_THAT(pdfsig.out, HasSubstr("Total document signed"));
  EXPECT_EQ(RunProgram({.argv = {"qpdf", "--check", path}}).exit_code, 0);
}

TEST(SignedPdfTest, DigestIsOfWhatTheRangesCover) {
  const std::string& octets = SignedPaymentOrder();
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(octets));
  const std::array<uint64_t, 4>& range = pdf->signatures()[0].byte_range;
  const std::string covered = octets.substr(0, range[1]) + octets.substr(range[2]);
  ASSERT_OK_AND_ASSIGN(const Bytes digest, pdf->DigestOf(0, DigestAlgorithm::kSha384));
  EXPECT_EQ(digest, ComputeDigest(DigestAlgorithm::kSha384, AsSpan(covered)));
}

TEST(SignedPdfTest, DigestOfASignatureThatIsNotThereIsRefused) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(SignedPaymentOrder()));
  EXPECT_THAT(pdf->DigestOf(1, DigestAlgorithm::kSha256), FailsWith(Reason::kNotFound));
}

TEST(SignedPdfTest, DocumentWithoutSignaturesHasNone) {
  ASSERT_OK_AND_ASSIGN(const auto pdf, OpenPdf(WritePdf(PaymentOrder())));
  EXPECT_THAT(pdf->signatures(), IsEmpty());
  EXPECT_TRUE(pdf->validation_data().empty());
}

TEST(SignedPdfTest, FileThatIsNoPdfIsRefused) {
  EXPECT_THAT(OpenPdf(""), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(OpenPdf("%PDF-1.7\n"), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(OpenPdf("PK\x03\x04"), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(SignedPdf::Open("/nowhere/at.pdf", {}), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(SignedPdf::Open("/tmp", {}), FailsWith(Reason::kPdfDamaged));
}

TEST(SignedPdfTest, EncryptedDocumentIsRefusedAsSuch) {
  const ScratchFolder folder;
  ASSERT_THAT(WriteFile(folder.File("plain.pdf"), AsSpan(WritePdf(PaymentOrder())), {}), IsOk());
  for (const std::string user : {"", "secret"}) {
    const std::string path = folder.File("encrypted.pdf");
    ASSERT_EQ(RunProgram({.argv = {"qpdf", "--encrypt", user, "owner", "256", "--",
                                   folder.File("plain.pdf"), path}})
                  .exit_code,
              0);
    EXPECT_THAT(SignedPdf::Open(path, {}), FailsWith(Reason::kPdfEncrypted));
  }
}

TEST(SignedPdfTest, CutOffDocumentIsDamaged) {
  const std::string& pdf = SignedPaymentOrder();
  EXPECT_THAT(OpenPdf(pdf.substr(0, pdf.size() - 10)), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(OpenPdf(pdf.substr(0, pdf.size() / 2)), FailsWith(Reason::kPdfDamaged));
}

TEST(SignedPdfTest, OctetsBeforeTheDocumentAreRefused) {
  EXPECT_THAT(OpenPdf("\n" + SignedPaymentOrder()), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(OpenPdf("%!PS\n" + SignedPaymentOrder()), FailsWith(Reason::kPdfDamaged));
}

TEST(SignedPdfTest, OctetsBehindTheDocumentAreRefused) {
  EXPECT_THAT(OpenPdf(SignedPaymentOrder() + "garbage"), FailsWith(Reason::kPdfDamaged));
  EXPECT_THAT(OpenPdf(SignedPaymentOrder() + std::string(4096, 'x')),
              FailsWith(Reason::kPdfDamaged));
}

TEST(SignedPdfTest, LargerDocumentThanAllowedIsRefused) {
  EXPECT_THAT(OpenPdf(SignedPaymentOrder(), {.max_octets = 1000}),
              FailsWith(Reason::kLimitExceeded));
}

TEST(SignedPdfTest, MoreObjectsThanAllowedAreRefused) {
  EXPECT_THAT(OpenPdf(SignedPaymentOrder(), {.max_objects = 5}), FailsWith(Reason::kLimitExceeded));
}

TEST(SignedPdfTest, MoreRevisionsThanAllowedAreRefused) {
  std::string pdf = SignedPaymentOrder();
  for (int i = 0; i < 5; ++i) pdf = WithUpdate(pdf, {});
  EXPECT_THAT(OpenPdf(pdf, {.max_revisions = 3}), FailsWith(Reason::kLimitExceeded));
  EXPECT_THAT(OpenPdf(pdf), IsOk());
}

TEST(SignedPdfTest, MoreSignaturesThanAllowedAreRefused) {
  const std::string twice = WithSignature(SignedPaymentOrder(), {.field = "Signature2",
                                                                 .field_number = 30,
                                                                 .page_annotations = "7 0 R 20 0 R",
                                                                 .form_fields = "7 0 R 20 0 R"});
  EXPECT_THAT(OpenPdf(twice, {.max_signatures = 1}), FailsWith(Reason::kLimitExceeded));
}

TEST(SignedPdfTest, CrossReferencesInACircleAreRefused) {
  const std::string pdf = WritePdf(PaymentOrder());
  const uint64_t own = pdf.size();
  const std::string circle =
      WithUpdate(pdf, {.trailer = absl::StrCat("/Root 1 0 R /Prev ", own), .with_previous = false});
  EXPECT_THAT(OpenPdf(circle), FailsWith(Reason::kPdfDamaged));
}

}  // namespace
}  // namespace enkrat::pades

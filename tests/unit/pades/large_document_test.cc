// Large documents: memory does not grow with them, offsets have ten digits, and there is an end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pades/pdf_signing.h"
#include "pades/update_file.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::FailsWith;
using enkrat::testing::IsOk;
using ::testing::HasSubstr;

// A page, and a stream of that many octets that nothing shows. The file has holes.
void WriteLargePdf(const std::string& path, uint64_t stream_octets) {
  std::ofstream file(path, std::ios::binary);
  std::vector<uint64_t> offsets;
  const auto object = [&](const std::string& body) {
    offsets.push_back(static_cast<uint64_t>(file.tellp()));
    file << offsets.size() << " 0 obj\n" << body << "\nendobj\n";
  };
  file << "%PDF-1.7\n";
  object("<< /Type /Catalog /Pages 2 0 R >>");
  object("<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>");
  object("<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 612 792 ] >>");
  offsets.push_back(static_cast<uint64_t>(file.tellp()));
  file << "4 0 obj\n<< /Length " << stream_octets << " >>\nstream\n";
  file.seekp(static_cast<std::streamoff>(stream_octets), std::ios::cur);
  file << "\nendstream\nendobj\n";
  const auto section = file.tellp();
  file << "xref\n0 5\n0000000000 65535 f \n";
  for (const uint64_t offset : offsets) file << absl::StrFormat("%010d 00000 n \n", offset);
  file << "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n" << section << "\n%%EOF\n";
}

int64_t PeakKibibytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(LargeDocumentTest, HundredMebibytesAreSignedInFlatMemory) {
  const enkrat::testing::ScratchFolder folder;
  DocumentSigner signer;
  const auto sign = [&](const std::string& path) {
    ASSERT_THAT(signer.Sign(path, {.signing_time = SigningTime()}), IsOk());
    ASSERT_THAT(AppendUpdate(path, *PrepareValidationData(
                                       path, {.certificates_der = {signer.authority().root_der()},
                                              .crls_der = {},
                                              .ocsp_responses_der = {}})),
                IsOk());
    ASSERT_THAT(signer.AddTimestamp(path, {}), IsOk());
  };
  const std::string small = folder.File("small.pdf"), large = folder.File("large.pdf");
  WriteLargePdf(small, 1000);
  sign(small);
  const int64_t before = PeakKibibytes();
  WriteLargePdf(large, uint64_t{100} << 20);
  sign(large);
  EXPECT_LT(PeakKibibytes() - before, 8 * 1024);
  EXPECT_THAT(AskOthers(large).words, HasSubstr("Signature is Valid."));
}

TEST(LargeDocumentTest, DocumentBeyondTheBoundIsRefused) {
  const enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("huge.pdf");
  WriteLargePdf(path, kMaxDocumentOctets);
  EXPECT_THAT(PrepareSignature(path, {.signing_time = SigningTime()}).status(),
              FailsWith(Reason::kLimitExceeded));
}

TEST(LargeDocumentTest, OffsetsOfTenDigitsFitTheirEntries) {
  UpdateObjects objects(8);
  objects.Set(3, "<< >>");
  const RevisionEnd end{.file_octets = 1'073'741'000,
                        .cross_reference_offset = 1'073'740'000,
                        .ends_with_line_end = true};
  ASSERT_OK_AND_ASSIGN(const UpdateFile laid, LayUpdateFile(end, objects, {}));
  EXPECT_EQ(ToString(laid.octets),
            "3 0 obj\n<< >>\nendobj\nxref\n3 1\n1073741000 00000 n \ntrailer\n<< /Prev 1073740000 "
            "/Size 8 >>\nstartxref\n1073741021\n%%EOF\n");
}

TEST(LargeDocumentTest, OffsetsOfTenDigitsFitTheCrossReferenceStream) {
  UpdateObjects objects(8);
  objects.Set(3, "<< >>", 2);
  const RevisionEnd end{.file_octets = 1'073'741'000,
                        .cross_reference_offset = 1'073'740'000,
                        .form = CrossReferenceForm::kStream};
  ASSERT_OK_AND_ASSIGN(const UpdateFile laid, LayUpdateFile(end, objects, {}));
  const std::string text = ToString(laid.octets);
  EXPECT_THAT(text, HasSubstr("8 0 obj\n<< /Type /XRef /Index [ 3 1 8 1 ] /Length 16 /Prev "
                              "1073740000 /Size 9 /W [ 1 5 2 ] >>\nstream\n"));
  // 1073741001 and 1073741022 in hexadecimal.
  EXPECT_THAT(text, HasSubstr(std::string("\x01\x00\x3F\xFF\xFC\xC9\x00\x02"
                                          "\x01\x00\x3F\xFF\xFC\xDE\x00\x00\nendstream",
                                          26)));
}

TEST(LargeDocumentTest, OffsetsOfElevenDigitsAreRefused) {
  UpdateObjects objects(8);
  objects.Set(3, "<< >>");
  EXPECT_THAT(LayUpdateFile({.file_octets = 9'999'999'990}, objects, {}).status(),
              FailsWith(Reason::kLimitExceeded));
}

TEST(LargeDocumentTest, ObjectNumbersBeyondTheStandardsAreRefused) {
  UpdateObjects objects(8'388'607);
  objects.Add("<< >>");
  EXPECT_THAT(LayUpdateFile({.file_octets = 100}, objects, {}).status(),
              FailsWith(Reason::kLimitExceeded));
}

TEST(AppendUpdateTest, FileThatIsNotThereIsAnError) {
  const enkrat::testing::ScratchFolder folder;
  EXPECT_THAT(AppendUpdate(folder.File("none.pdf"), ToBytes("x")), FailsWith(Reason::kInternal));
}

TEST(AppendUpdateTest, DiskThatIsFullLeavesTheFileAsItWas) {
  const enkrat::testing::ScratchFolder folder;
  const std::string path = folder.File("document.pdf");
  std::ofstream(path) << "document";
  // A write beyond this limit fails, after some of it went through, as on a full disk.
  struct rlimit unlimited = {};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  struct rlimit small = unlimited;
  small.rlim_cur = 12;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const absl::Status status = AppendUpdate(path, ToBytes("an update"));
  setrlimit(RLIMIT_FSIZE, &unlimited);
  EXPECT_THAT(status, FailsWith(Reason::kInternal));
  std::string left;
  std::ifstream written(path);
  std::getline(written, left);
  EXPECT_EQ(left, "document");
}

}  // namespace
}  // namespace enkrat::pades::testing

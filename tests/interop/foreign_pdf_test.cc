// A PDF that poppler signed, with a key in an NSS database, before `enkrat verify`; and copies with
// one region changed.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "tests/integration/running_service.h"
#include "tests/interop/judges.h"
#include "tests/interop/pdf_signatures.h"
#include "tests/interop/samples.h"
#include "tests/support/paths.h"
#include "tests/support/scratch_folder.h"

namespace enkrat::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class ForeignPdfTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<ScratchFolder>();
    const auto certutil = [](std::vector<std::string> words) {
      words.insert(words.begin(), "certutil");
      words.insert(words.end(), {"-d", "sql:nss"});
      return RunProgram({.argv = std::move(words), .folder = folder_->path()});
    };
    std::filesystem::create_directory(File("nss"));
    WriteText(File("noise"), std::string(64, 'n'));
    ASSERT_THAT(certutil({"-N", "--empty-password"}), Succeeds());
    ASSERT_THAT(
        certutil({"-S",    "-n",   "signer", "-s",         "CN=NSS signer,C=SI",
                  "-x",    "-t",   "C,C,C",  "-k",         "rsa",
                  "-g",    "3072", "-Z",     "SHA256",     "-z",
                  "noise", "-m",   "77",     "--keyUsage", "digitalSignature,nonRepudiation"}),
        Succeeds());
    WriteText(File("root.pem"), certutil({"-L", "-n", "signer", "-a"}).out);
    ASSERT_THAT(
        Execute({"python3", SourcePath("tools/demo/make_document.py"), File("document.pdf")}),
        Succeeds());
    // Its exit code tells of NSS' own shutdown, too: what counts is the file.
    RunProgram({.argv = {"pdfsig", "-nssdir", "nss", "-add-signature", "-nick", "signer",
                         "document.pdf", "signed.pdf"},
                .folder = folder_->path()});
    ASSERT_THAT(Execute({"pdfsig", "-nssdir", File("nss"), File("signed.pdf")}).out,
                HasSubstr("Signature is Valid"));
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string File(const std::string& name) { return folder_->File(name); }
  static Verdict Judge(const std::string& name) {
    return EnkratVerifies({File(name)}, File("root.pem"));
  }

  static inline std::unique_ptr<ScratchFolder> folder_;
};

TEST_F(ForeignPdfTest, SignatureOfPopplerIsGood) {
  const Verdict verdict = Judge("signed.pdf");
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_THAT(verdict.text, HasSubstr("NSS signer"));
}

TEST_F(ForeignPdfTest, ChangedPageIsAHashFailure) {
  SpoiltFile(File("signed.pdf"), "one-time keys) Tj", "one-time kegs) Tj", File("page.pdf"));
  const Verdict verdict = Judge("page.pdf");
  EXPECT_EQ(verdict.indication, "TOTAL_FAILED") << verdict.text;
  EXPECT_EQ(verdict.sub_indication, "HASH_FAILURE");
}

TEST_F(ForeignPdfTest, ChangedSignatureValueIsACryptoFailure) {
  const std::string pdf = ReadText(File("signed.pdf"));
  const auto signatures = PdfSignaturesIn(pdf);
  ASSERT_EQ(signatures.size(), 1u);
  // NSS writes BER: behind the signature value come the ends of indefinite lengths, and padding.
  const std::string hex = absl::BytesToHexString(signatures[0].contents);
  const size_t start = absl::AsciiStrToLower(pdf).find(hex);
  ASSERT_NE(start, std::string::npos);
  std::string changed = pdf;
  char& digit = changed[start + 2 * signatures[0].contents.find_last_not_of('\0')];
  digit = digit == '1' ? '2' : '1';
  WriteText(File("value.pdf"), changed);
  const Verdict verdict = Judge("value.pdf");
  EXPECT_EQ(verdict.indication, "TOTAL_FAILED") << verdict.text;
  EXPECT_EQ(verdict.sub_indication, "SIG_CRYPTO_FAILURE");
}

TEST_F(ForeignPdfTest, ShorterByteRangeIsAFormatFailure) {
  const std::string pdf = ReadText(File("signed.pdf"));
  const size_t range = pdf.find("/ByteRange");
  ASSERT_NE(range, std::string::npos);
  const size_t last = pdf.find(']', range);
  const size_t digit = pdf.find_last_of("123456789", last);
  std::string changed = pdf;
  --changed[digit];
  WriteText(File("range.pdf"), changed);
  const Verdict verdict = Judge("range.pdf");
  EXPECT_EQ(verdict.indication, "TOTAL_FAILED") << verdict.text;
  EXPECT_THAT(verdict.sub_indication, AnyOf("FORMAT_FAILURE", "HASH_FAILURE"));
}

TEST_F(ForeignPdfTest, PageAddedBySomebodyElseIsNoticed) {
  const std::string original = File("signed.pdf");
  ASSERT_THAT(Execute({"qpdf", original, "--overlay", File("document.pdf"), "--", "--static-id",
                       File("rewritten.pdf")}),
              Succeeds());
  EXPECT_NE(Judge("rewritten.pdf").exit_code, 0);
}

}  // namespace
}  // namespace enkrat::testing

// Documents of every shape that producers make: signed, they are valid for pdfsig, in order for
// qpdf, and not one octet of them changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "pades/pdf_signing.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/pades/document_signer.h"
#include "tests/unit/pades/pdf_maker.h"

namespace enkrat::pades::testing {
namespace {

using enkrat::testing::IsOk;
using ::testing::HasSubstr;

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

}  // namespace
}  // namespace enkrat::pades::testing

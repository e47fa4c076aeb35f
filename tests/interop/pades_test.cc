// PAdES of every level, prepared here and by the service, visible and not, before poppler, QPDF,
// OpenSSL and enkrat; a spoilt copy of each.
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/interop/judges.h"
#include "tests/interop/pdf_signatures.h"
#include "tests/interop/samples.h"
#include "tests/support/paths.h"

namespace enkrat::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Level, whether the document is uploaded, whether the signature is to be seen.
using Kind = std::tuple<std::string, bool, bool>;

std::string NameOf(const Kind& kind) {
  const auto& [level, upload, visible] = kind;
  return absl::StrCat(level, upload ? "-uploaded" : "-local", visible ? "-visible" : "-invisible");
}

class PadesInteropTest : public SampleService, public ::testing::WithParamInterface<Kind> {
 protected:
  static void SetUpTestSuite() { SampleService::SetUpTestSuite(); }

  void SetUp() override {
    const auto& [level, upload, visible] = GetParam();
    const std::string stem = service().File(NameOf(GetParam()));
    pdf_ = stem + "-signed.pdf";
    if (IsThere(pdf_)) return;
    ASSERT_THAT(Execute({"python3", SourcePath("tools/demo/make_document.py"), stem + ".pdf"}),
                Succeeds());
    std::vector<std::string> words = {stem + ".pdf", "--format", "pades-" + level};
    if (upload) words.push_back("--upload");
    if (visible) words.insert(words.end(), {"--visible", "1,50,50,220,60"});
    ASSERT_THAT(Sign(words), Succeeds());
  }

  // The signed document with one letter of its page changed.
  std::string SpoiltPdf() const {
    return SpoiltFile(pdf_, "one-time keys) Tj", "one-time kegs) Tj", pdf_ + ".spoilt.pdf");
  }
  const std::string& level() const { return std::get<0>(GetParam()); }
  bool visible() const { return std::get<2>(GetParam()); }

  std::string pdf_;
};

TEST_P(PadesInteropTest, PdfsigFindsItValid) {
  const ProgramOutcome judged = Execute({"pdfsig", pdf_});
  EXPECT_THAT(judged.out, HasSubstr("Signature Type: ETSI.CAdES.detached"));
  EXPECT_THAT(judged.out, HasSubstr("Signature Validation: Signature is Valid."));
  EXPECT_THAT(judged.out, HasSubstr("Signer Certificate Common Name: Ana Novak"));
  const ProgramOutcome refused = Execute({"pdfsig", SpoiltPdf()});
  EXPECT_THAT(refused.out, Not(HasSubstr("Signature is Valid")));
  EXPECT_THAT(refused.out, HasSubstr("Digest Mismatch"));
}

TEST_P(PadesInteropTest, QpdfFindsNoFault) {
  const ProgramOutcome judged = Execute({"qpdf", "--check", pdf_});
  EXPECT_THAT(judged, Succeeds());
  EXPECT_THAT(judged.out + judged.err, Not(HasSubstr("WARNING")));
  EXPECT_THAT(judged.out, HasSubstr("No syntax or stream encoding errors found"));
  // QPDF knows no signatures: what it has to see is a structure that is damaged.
  const ProgramOutcome refused = Execute(
      {"qpdf", "--check", SpoiltFile(pdf_, "startxref\n", "startxxxx\n", pdf_ + ".broken.pdf")});
  if (refused.exit_code == 0) {  // the first of several: the last one counts
    const std::string pdf = ReadText(pdf_);
    WriteText(pdf_ + ".broken.pdf", pdf.substr(0, pdf.rfind("startxref")));
    EXPECT_THAT(Execute({"qpdf", "--check", pdf_ + ".broken.pdf"}), Not(Succeeds()));
  }
}

TEST_P(PadesInteropTest, OpensslVerifiesTheSignatureAndTheTimestamps) {
  const auto signatures = PdfSignaturesIn(ReadText(pdf_));
  ASSERT_EQ(signatures.size(), level() == "b-lta" ? 2u : 1u);
  for (const PdfSignatureOctets& signature : signatures) {
    const std::string der = pdf_ + ".der";
    const std::string covered = pdf_ + ".covered";
    WriteText(der, signature.contents);
    WriteText(covered, signature.covered);
    const auto judge = [&] {
      return signature.sub_filter == "ETSI.RFC3161" ? OpensslVerifiesToken(der, covered, Root())
                                                    : OpensslVerifiesCms(der, covered, Root());
    };
    EXPECT_THAT(judge(), Succeeds()) << signature.sub_filter;
    WriteText(covered, Spoilt(signature.covered, "%PDF-1.4", "%PDF-1.5"));
    EXPECT_THAT(judge(), Not(Succeeds())) << signature.sub_filter;
    if (signature.sub_filter == "ETSI.RFC3161" || level() == "b-b") continue;
    ASSERT_TRUE(TakeOutSignatureTimestamp(der, der));
    EXPECT_THAT(OpensslVerifiesToken(der + ".tst", der + ".sig", Root()), Succeeds());
  }
}

TEST_P(PadesInteropTest, PopplerShowsWhatIsVisible) {
  const std::string text = Execute({"pdftotext", pdf_, "-"}).out;
  EXPECT_EQ(text.find("Ana Novak") != std::string::npos, visible()) << text;
}

TEST_P(PadesInteropTest, EnkratNamesTheLevel) {
  const Verdict verdict = EnkratVerifies({pdf_}, Root());
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(verdict.level, LevelName(level()));
  const Verdict refused = EnkratVerifies({SpoiltPdf()}, Root());
  EXPECT_EQ(refused.indication, "TOTAL_FAILED") << refused.text;
  EXPECT_EQ(refused.sub_indication, "HASH_FAILURE");
}

INSTANTIATE_TEST_SUITE_P(All, PadesInteropTest,
                         ::testing::Combine(::testing::ValuesIn(Levels()), ::testing::Bool(),
                                            ::testing::Bool()),
                         [](const auto& one) { return TestName(NameOf(one.param)); });

}  // namespace
}  // namespace enkrat::testing

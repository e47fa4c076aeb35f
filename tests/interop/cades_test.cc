// CAdES of every level, key and packaging before OpenSSL and enkrat; a spoilt copy of each.
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/interop/judges.h"
#include "tests/interop/samples.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Level, key, and whether the content is in the signature.
using Kind = std::tuple<std::string, std::string, bool>;

class CadesInteropTest : public SampleService, public ::testing::WithParamInterface<Kind> {
 protected:
  static void SetUpTestSuite() { SampleService::SetUpTestSuite(); }

  void SetUp() override {
    const auto& [level, key, enveloping] = GetParam();
    document_ = MakeDocument(absl::StrCat(level, "-", key, enveloping ? ".enveloped" : ".txt"));
    std::vector<std::string> words = {document_, "--format", "cades-" + level, "--key", key};
    if (enveloping) words.push_back("--enveloping");
    signature_ = document_ + (enveloping ? ".p7m" : ".p7s");
    if (IsThere(signature_)) return;
    ASSERT_THAT(Sign(words), Succeeds());
  }

  bool enveloping() const { return std::get<2>(GetParam()); }
  const std::string& level() const { return std::get<0>(GetParam()); }
  std::string Content() const { return enveloping() ? "" : document_; }
  // The signature or its document with one letter changed, whichever holds the content.
  std::string SpoiltContent() const {
    return SpoiltFile(enveloping() ? signature_ : document_, "The document", "The d0cument",
                      document_ + ".spoilt");
  }
  Verdict Verify(const std::string& signature, const std::string& content) const {
    if (enveloping()) return EnkratVerifies({signature}, Root());
    return EnkratVerifies({content, "--signature", signature}, Root());
  }

  std::string document_, signature_;
};

TEST_P(CadesInteropTest, OpensslVerifiesIt) {
  EXPECT_THAT(OpensslVerifiesCms(signature_, Content(), Root()), Succeeds());
  const std::string spoilt = SpoiltContent();
  const ProgramOutcome refused = enveloping() ? OpensslVerifiesCms(spoilt, "", Root())
                                              : OpensslVerifiesCms(signature_, spoilt, Root());
  EXPECT_THAT(refused, Not(Succeeds()));
  EXPECT_THAT(refused.err, HasSubstr("verification failure"));
}

TEST_P(CadesInteropTest, OpensslPrintsWhatTheLevelHas) {
  const std::string printed = OpensslPrintsCms(signature_);
  EXPECT_THAT(printed, HasSubstr("id-smime-aa-signingCertificateV2"));
  const bool stamped = level() != "b-b";
  const bool long_term = level() == "b-lt" || level() == "b-lta";
  const auto has = [](bool it_does, const char* words) {
    return it_does ? ::testing::Matcher<std::string>(HasSubstr(words)) : Not(HasSubstr(words));
  };
  EXPECT_THAT(printed, has(stamped, "id-smime-aa-timeStampToken"));
  EXPECT_THAT(printed, has(!long_term, "crls:\n      <ABSENT>"));
  EXPECT_THAT(printed, has(long_term, "d.crl:"));
  EXPECT_THAT(printed, has(level() == "b-lta", "0.4.0.1733.2.4"));
  EXPECT_THAT(printed, has(!enveloping(), "eContent: <ABSENT>"));
}

TEST_P(CadesInteropTest, OpensslVerifiesItsTimestamp) {
  const std::string prefix = signature_ + ".out";
  ASSERT_EQ(TakeOutSignatureTimestamp(signature_, prefix), level() != "b-b");
  if (level() == "b-b") return;
  EXPECT_THAT(OpensslVerifiesToken(prefix + ".tst", prefix + ".sig", Root()), Succeeds());
  EXPECT_THAT(OpensslVerifiesToken(prefix + ".tst", document_, Root()), Not(Succeeds()));
}

TEST_P(CadesInteropTest, EnkratNamesTheLevel) {
  const Verdict verdict = Verify(signature_, Content());
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(verdict.level, LevelName(level()));
  EXPECT_EQ(verdict.exit_code, 0);
  const std::string spoilt = SpoiltContent();
  const Verdict refused = enveloping() ? Verify(spoilt, "") : Verify(signature_, spoilt);
  EXPECT_EQ(refused.indication, "TOTAL_FAILED") << refused.text;
  EXPECT_EQ(refused.sub_indication, "HASH_FAILURE");
  EXPECT_EQ(refused.exit_code, 1);
}

std::string NameOf(const ::testing::TestParamInfo<Kind>& one) {
  const auto& [level, key, enveloping] = one.param;
  return TestName(absl::StrCat(level, " ", key, enveloping ? " enveloping" : " detached"));
}

INSTANTIATE_TEST_SUITE_P(All, CadesInteropTest,
                         ::testing::Combine(::testing::ValuesIn(Levels()),
                                            ::testing::Values("p256", "p384", "rsa3072"),
                                            ::testing::Bool()),
                         NameOf);

}  // namespace
}  // namespace enkrat::testing

// ASiC containers before unzip, sha256sum, OpenSSL and enkrat; spoilt copies of each.
#include <filesystem>
#include <string>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/interop/judges.h"
#include "tests/interop/samples.h"

namespace enkrat::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Level, and "asic-e" or "asic-s".
using Kind = std::tuple<std::string, std::string>;

class AsicInteropTest : public SampleService, public ::testing::WithParamInterface<Kind> {
 protected:
  static void SetUpTestSuite() { SampleService::SetUpTestSuite(); }

  void SetUp() override {
    const auto& [level, type] = GetParam();
    const std::string first = MakeDocument(absl::StrCat(type, "-", level, ".txt"));
    std::vector<std::string> words = {first};
    if (extended()) {
      words.push_back(MakeDocument(absl::StrCat(type, "-", level, ".second")));
      words.push_back(MakeDocument(absl::StrCat(type, "-", level, " č.third")));
    }
    names_ = words;
    words.insert(words.end(), {"--container", type, "--format", "cades-" + level});
    container_ = first + (extended() ? ".asice" : ".asics");
    folder_ = container_ + ".unpacked";
    if (IsThere(container_)) return;
    ASSERT_THAT(Sign(words), Succeeds());
    ASSERT_THAT(Execute({"unzip", "-q", container_, "-d", folder_}), Succeeds());
  }

  bool extended() const { return std::get<1>(GetParam()) == "asic-e"; }
  const std::string& level() const { return std::get<0>(GetParam()); }
  std::string Unpacked(const std::string& name) const { return folder_ + "/" + name; }
  // What the signature is over, as unpacked.
  std::string SignedFile() const {
    return extended() ? Unpacked("META-INF/ASiCManifest001.xml")
                      : Unpacked(std::filesystem::path(names_[0]).filename());
  }
  std::string SignatureFile() const {
    return Unpacked(extended() ? "META-INF/signature001.p7s" : "META-INF/signature.p7s");
  }

  std::vector<std::string> names_;
  std::string container_, folder_;
};

TEST_P(AsicInteropTest, UnzipFindsEveryFileWhole) {
  EXPECT_THAT(Execute({"unzip", "-t", container_}), Succeeds());
  EXPECT_EQ(ReadText(Unpacked("mimetype")),
            absl::StrCat("application/vnd.etsi.", std::get<1>(GetParam()), "+zip"));
  for (const std::string& name : names_) {
    EXPECT_EQ(ReadText(Unpacked(std::filesystem::path(name).filename())), ReadText(name));
  }
  const std::string spoilt =
      SpoiltFile(container_, "application/vnd.etsi", "application/vnd.utsi", container_ + ".bad");
  EXPECT_THAT(Execute({"unzip", "-t", spoilt}), Not(Succeeds()));
  EXPECT_NE(EnkratVerifies({spoilt}, Root()).exit_code, 0);
}

TEST_P(AsicInteropTest, ManifestHasTheDigestsThatOpensslComputes) {
  if (!extended()) return;
  const std::string manifest = ReadText(SignedFile());
  for (const std::string& name : names_) {
    const std::string digest = Execute({"openssl", "dgst", "-sha256", "-binary", name}).out;
    EXPECT_THAT(manifest, HasSubstr(absl::Base64Escape(digest))) << name;
  }
  EXPECT_THAT(Execute({"xmllint", "--noout", "--nonet", SignedFile()}), Succeeds());
}

TEST_P(AsicInteropTest, OpensslVerifiesTheSignatureWithin) {
  EXPECT_THAT(OpensslVerifiesCms(SignatureFile(), SignedFile(), Root()), Succeeds());
  WriteText(container_ + ".other", ReadText(SignedFile()) + " ");
  EXPECT_THAT(OpensslVerifiesCms(SignatureFile(), container_ + ".other", Root()), Not(Succeeds()));
  if (level() == "b-b") return;
  ASSERT_TRUE(TakeOutSignatureTimestamp(SignatureFile(), container_));
  EXPECT_THAT(OpensslVerifiesToken(container_ + ".tst", container_ + ".sig", Root()), Succeeds());
}

TEST_P(AsicInteropTest, EnkratNamesTheLevel) {
  const Verdict verdict = EnkratVerifies({container_}, Root());
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(verdict.level, LevelName(level()));
}

TEST_P(AsicInteropTest, EnkratFindsAFileThatZipReplaced) {
  const std::filesystem::path name = std::filesystem::path(names_.front()).filename();
  const std::string spoilt = container_ + ".replaced.zip";
  std::filesystem::copy_file(container_, spoilt);
  const std::string other = container_ + ".other-files";
  std::filesystem::create_directory(other);
  WriteText(other + "/" + name.string(), "Another document.\n");
  ASSERT_THAT(RunProgram({.argv = {"zip", "-X", "-q", spoilt, name}, .folder = other}), Succeeds());
  ASSERT_THAT(Execute({"unzip", "-t", spoilt}), Succeeds()) << "a good ZIP";
  const Verdict refused = EnkratVerifies({spoilt}, Root());
  EXPECT_EQ(refused.indication, "TOTAL_FAILED") << refused.text;
  EXPECT_EQ(refused.sub_indication, "HASH_FAILURE");
}

TEST_P(AsicInteropTest, RaisedOneIsAsGoodAndHoldsTheSameFiles) {
  const std::string raised = container_ + ".raised";
  ASSERT_THAT(service().Enkrat(
                  {"augment", container_, "--roots", Root(), "--level", "b-lta", "-o", raised}),
              Succeeds());
  EXPECT_THAT(Execute({"unzip", "-t", raised}), Succeeds());
  EXPECT_THAT(Execute({"python3", "-m", "zipfile", "-t", raised}), Succeeds());
  const std::string folder = raised + ".unpacked";
  ASSERT_THAT(Execute({"unzip", "-q", raised, "-d", folder}), Succeeds());
  const std::string signature = SignatureFile().substr(folder_.size());
  EXPECT_THAT(
      Execute({"diff", "-r", "-x", std::filesystem::path(signature).filename(), folder_, folder}),
      Succeeds());
  EXPECT_THAT(OpensslVerifiesCms(folder + signature, SignedFile(), Root()), Succeeds());
  EXPECT_THAT(OpensslVerifiesCms(folder + signature, folder + signature, Root()), Not(Succeeds()));
  const Verdict verdict = EnkratVerifies({raised}, Root());
  EXPECT_EQ(verdict.indication, "TOTAL_PASSED") << verdict.text;
  EXPECT_EQ(verdict.level, "B-LTA");
}

INSTANTIATE_TEST_SUITE_P(All, AsicInteropTest,
                         ::testing::Combine(::testing::ValuesIn(Levels()),
                                            ::testing::Values("asic-e", "asic-s")),
                         [](const auto& one) {
                           return TestName(
                               absl::StrCat(std::get<1>(one.param), " ", std::get<0>(one.param)));
                         });

}  // namespace
}  // namespace enkrat::testing

#include "cli/output_plan.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "cli/outcome.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

using signer::SignatureFormat;
using ::testing::HasSubstr;

bool NothingExists(const std::string&) { return false; }

TEST(OutputPlanTest, CadesIsWrittenBesideTheDocument) {
  ASSERT_OK_AND_ASSIGN(const OutputPlan plan,
                       PlanOutputs({"x/a.pdf"}, SignatureFormat::kCadesBT, {}, NothingExists));
  EXPECT_EQ(plan.documents[0].cms, "x/a.pdf.p7s");
  EXPECT_EQ(plan.documents[0].signature, "");
  EXPECT_EQ(plan.documents[0].timestamp, "");
  EXPECT_EQ(plan.certificate_file, "");
}

TEST(OutputPlanTest, RawIsSignatureTimestampAndCertificate) {
  ASSERT_OK_AND_ASSIGN(const OutputPlan plan, PlanOutputs({"x/a.pdf"}, SignatureFormat::kRaw,
                                                          {.folder = "out"}, NothingExists));
  EXPECT_EQ(plan.documents[0].cms, "");
  EXPECT_EQ(plan.documents[0].signature, "out/a.pdf.sig");
  EXPECT_EQ(plan.documents[0].timestamp, "out/a.pdf.tst");
  EXPECT_EQ(plan.certificate_file, "out/a.pdf.cert.pem");
}

TEST(OutputPlanTest, PartsAddSignatureValueAndTimestamp) {
  ASSERT_OK_AND_ASSIGN(const OutputPlan plan, PlanOutputs({"a"}, SignatureFormat::kCadesBT,
                                                          {.parts = true}, NothingExists));
  EXPECT_EQ(plan.documents[0].cms, "a.p7s");
  EXPECT_EQ(plan.documents[0].signature, "a.sig");
  EXPECT_EQ(plan.documents[0].timestamp, "a.tst");
}

struct Wrong {
  const char* what;
  std::vector<std::string> files;
  OutputArguments arguments;
  SignatureFormat format = SignatureFormat::kCadesBT;
};

class WrongOutputPlanTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongOutputPlanTest, IsWrongUse) {
  const auto plan =
      PlanOutputs(GetParam().files, GetParam().format, GetParam().arguments, NothingExists);
  EXPECT_EQ(ExitCodeFor(plan.status()), kExitUsage) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, WrongOutputPlanTest,
    ::testing::Values(
        Wrong{"two documents of one name in one folder", {"x/a", "y/a"}, {.folder = "out"}},
        Wrong{"one document twice", {"a", "a"}, {}},
        Wrong{"a signature over a document", {"a", "a.p7s"}, {}},
        Wrong{"the chain over a document", {"a"}, {.chain_file = "./a"}},
        Wrong{"the chain over a signature", {"a"}, {.chain_file = "a.p7s"}},
        Wrong{"chain and session in one file", {"a"}, {.session_file = "s", .chain_file = "s"}},
        Wrong{"parts without a timestamp", {"a"}, {.parts = true}, SignatureFormat::kCadesBB},
        Wrong{"parts of raw", {"a"}, {.parts = true}, SignatureFormat::kRaw}));

TEST(OutputPlanTest, ExistingOutputIsWrongUse) {
  const auto exists = [](const std::string& path) { return path == "s.json"; };
  const OutputArguments arguments{.session_file = "s.json"};
  EXPECT_EQ(ExitCodeFor(PlanOutputs({"a"}, SignatureFormat::kCadesBT, arguments, exists).status()),
            kExitUsage);
}

TEST(OutputPlanTest, ExistingOutputIsPlannedWithForce) {
  const auto exists = [](const std::string&) { return true; };
  EXPECT_THAT(PlanOutputs({"a"}, SignatureFormat::kCadesBT, {.force = true}, exists),
              testing::IsOk());
}

TEST(OutputPlanTest, NamesThatAreNoFilesNeedNoProtection) {
  EXPECT_THAT(PlanOutputs({"a", "a.p7s"}, SignatureFormat::kCadesBT, {.documents_are_here = false},
                          NothingExists),
              testing::IsOk());
}

class CheckPlacesTest : public ::testing::Test {
 protected:
  absl::Status Check(const std::string& name) {
    return CheckPlaces({.documents = {{.cms = folder_.File(name)}}});
  }
  testing::ScratchFolder folder_;
};

TEST_F(CheckPlacesTest, FileInAFolderThatCanBeWrittenIsFine) {
  EXPECT_THAT(Check("a.p7s"), testing::IsOk());
  EXPECT_THAT(CheckPlaces({.chain_file = "chain.pem"}), testing::IsOk());  // in "."
}

TEST_F(CheckPlacesTest, MissingFolderIsNamed) {
  EXPECT_EQ(ExitCodeFor(Check("out/a.p7s")), kExitUnavailable);
  EXPECT_THAT(Check("out/a.p7s").message(), HasSubstr(folder_.File("out")));
}

TEST_F(CheckPlacesTest, FileInPlaceOfTheFolderIsUnavailable) {
  std::ofstream(folder_.File("out")) << "x";
  EXPECT_EQ(ExitCodeFor(Check("out/a.p7s")), kExitUnavailable);
}

TEST_F(CheckPlacesTest, FolderInPlaceOfTheFileIsUnavailable) {
  std::filesystem::create_directory(folder_.File("a.p7s"));
  EXPECT_EQ(ExitCodeFor(Check("a.p7s")), kExitUnavailable);
}

TEST_F(CheckPlacesTest, NameThatIsTooLongIsUnavailable) {
  EXPECT_EQ(ExitCodeFor(Check(std::string(250, 'a'))), kExitUnavailable);
}

TEST(OutputPlanTest, DocumentIsNotOverwrittenEvenWithForce) {
  EXPECT_EQ(ExitCodeFor(PlanOutputs({"a", "a.p7s"}, SignatureFormat::kCadesBT, {.force = true},
                                    NothingExists)
                            .status()),
            kExitUsage);
}

}  // namespace
}  // namespace enkrat::cli

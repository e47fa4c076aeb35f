#include "cli/intent.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/outcome.h"
#include "cli/wire.h"
#include "enkrat/v1/signing_service.pb.h"
#include "signer/request_rules.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;

class IntentTest : public ::testing::Test {
 protected:
  IntentTest() {
    std::ofstream(File("a.pdf")) << "alpha";
    std::ofstream(File("b.pdf")) << "beta";
  }

  std::string File(const std::string& name) const { return folder_.File(name); }
  absl::StatusOr<signer::SigningIntent> Build(const IntentArguments& arguments) {
    return BuildIntent(arguments, context_);
  }
  int ExitCode(const IntentArguments& arguments) { return ExitCodeFor(Build(arguments).status()); }

  std::ostringstream out_;
  std::ostringstream err_;
  Context context_{.out = out_, .err = err_};
  const enkrat::testing::ScratchFolder folder_;
};

constexpr char kUuid[] = "01234567-89ab-4cde-8f01-23456789abcd";

TEST_F(IntentTest, FilesBecomeDocumentsInOrderNamedWithoutFolders) {
  ASSERT_OK_AND_ASSIGN(const signer::SigningIntent intent,
                       Build({.files = {File("b.pdf"), File("a.pdf")}}));
  ASSERT_EQ(intent.documents.size(), 2u);
  EXPECT_EQ(intent.documents[0].label, "b.pdf");
  EXPECT_EQ(intent.documents[1].label, "a.pdf");
  EXPECT_EQ(intent.documents[1].digest, ComputeDigest(DigestAlgorithm::kSha256, AsSpan("alpha")));
  EXPECT_THAT(signer::CheckRequestId(intent.request_id), testing::IsOk());
}

TEST_F(IntentTest, RequestIdInCapitalsIsLowered) {
  ASSERT_OK_AND_ASSIGN(
      const signer::SigningIntent intent,
      Build({.files = {File("a.pdf")}, .request_id = "01234567-89AB-4CDE-8F01-23456789ABCD"}));
  EXPECT_EQ(intent.request_id, kUuid);
}

TEST_F(IntentTest, LabelsReplaceFileNames) {
  ASSERT_OK_AND_ASSIGN(const signer::SigningIntent intent,
                       Build({.files = {File("a.pdf")}, .labels = {"Lease 2026"}}));
  EXPECT_EQ(intent.documents[0].label, "Lease 2026");
}

TEST_F(IntentTest, OneLabelForTwoFilesIsWrongUse) {
  EXPECT_EQ(ExitCode({.files = {File("a.pdf"), File("b.pdf")}, .labels = {"one"}}), kExitUsage);
}

TEST_F(IntentTest, LabelThatCouldDeceiveIsWrongUse) {
  EXPECT_EQ(ExitCode({.files = {File("a.pdf")},
                      .labels = {"a\xE2\x80\xAE"
                                 "b"}}),
            kExitUsage);
}

TEST_F(IntentTest, UnknownWordsAreWrongUse) {
  EXPECT_EQ(ExitCode({.files = {File("a.pdf")}, .level = "ADVANCED"}), kExitUsage);
  EXPECT_EQ(ExitCode({.files = {File("a.pdf")}, .kind = "stamp"}), kExitUsage);
  EXPECT_EQ(ExitCode({.files = {File("a.pdf")}, .digest = "sha1"}), kExitUsage);
}

TEST_F(IntentTest, RequestIdThatIsNoUuidIsWrongUse) {
  EXPECT_EQ(ExitCode({.files = {File("a.pdf")}, .request_id = "42"}), kExitUsage);
}

TEST_F(IntentTest, NoFileIsWrongUse) { EXPECT_EQ(ExitCode({}), kExitUsage); }

TEST_F(IntentTest, MissingFileIsUnavailable) {
  EXPECT_EQ(ExitCode({.files = {File("c.pdf")}}), kExitUnavailable);
}

TEST(RequestIdTest, NewOnesAreVersionFourAndDiffer) {
  const std::string id = NewRequestId();
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '4');
  EXPECT_THAT(std::string("89ab"), ::testing::HasSubstr(id.substr(19, 1)));
  EXPECT_NE(id, NewRequestId());
}

TEST(WordsTest, EveryWordOfTheHelpIsKnown) {
  EXPECT_TRUE(ParseLevel("advanced") && ParseLevel("advanced-qc") && ParseLevel("qualified"));
  EXPECT_TRUE(ParseKind("signature") && ParseKind("seal"));
  EXPECT_TRUE(ParseFormat("raw") && ParseFormat("cades-bb") && ParseFormat("cades-bt"));
  EXPECT_TRUE(ParseDigest("sha256") && ParseDigest("sha384") && ParseDigest("sha512"));
  EXPECT_TRUE(ParseKeyAlgorithm("p256") && ParseKeyAlgorithm("p384") &&
              ParseKeyAlgorithm("rsa3072"));
  EXPECT_FALSE(ParseKeyAlgorithm("rsa2048") || ParseKeyAlgorithm("") || ParseFormat("pades"));
}

TEST(WireTest, IntentAndChoiceReachTheMessage) {
  const signer::SigningIntent intent{
      .request_id = kUuid,
      .level = signer::SignatureLevel::kQualified,
      .kind = signer::SignatureKind::kSeal,
      .documents = {
          {.label = "a", .digest_algorithm = DigestAlgorithm::kSha512, .digest = Bytes(64, 7)}}};
  v1::SignRequest message;
  ToMessage(intent, "token",
            {.key = KeyAlgorithm::kRsaPss3072, .format = signer::SignatureFormat::kRaw}, &message);
  EXPECT_EQ(message.intent().request_id(), kUuid);
  EXPECT_EQ(message.intent().level(), v1::SIGNATURE_LEVEL_QUALIFIED);
  EXPECT_EQ(message.intent().kind(), v1::SIGNATURE_KIND_SEAL);
  ASSERT_EQ(message.intent().documents_size(), 1);
  EXPECT_EQ(message.intent().documents(0).digest_algorithm(), v1::DIGEST_ALGORITHM_SHA512);
  EXPECT_EQ(message.intent().documents(0).digest(), std::string(64, 7));
  EXPECT_EQ(message.assertion(), "token");
  EXPECT_EQ(message.key_algorithm(), v1::KEY_ALGORITHM_RSA_PSS_3072);
  EXPECT_EQ(message.format(), v1::SIGNATURE_FORMAT_RAW);
}

}  // namespace
}  // namespace enkrat::cli

// enkrat init on SoftHSM: what it leaves behind, and what it never touches again.
#include <set>

#include "tests/unit/cli/ceremony_fixture.h"

namespace enkrat::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class InitCommandTest : public CeremonyTest {};

TEST_F(InitCommandTest, MakesTokensPinsKeysCertificatesAndAConfiguration) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  EXPECT_THAT(Out(), HasSubstr("initialised token \"enkrat\""));
  EXPECT_THAT(Out(), HasSubstr("initialised token \"enkrat-root\""));
  for (const char* file : {"root.pem", "issuing-ca.pem", "chain.pem", "tsu-chain.pem", "ocsp.pem",
                           "issuing-ca.cer", "root.cer", "config.yaml"}) {
    EXPECT_TRUE(fs::exists(Path(file))) << file;
  }
  for (const char* file : {"secrets/pin", "secrets/so-pin", "secrets/root-pin"}) {
    EXPECT_EQ(Mode(file), 0400u) << file;
    EXPECT_EQ(Read(file).size(), 32) << file;
  }
  EXPECT_EQ(Mode("secrets"), 0700u);
  EXPECT_EQ(Mode(""), 0700u);
}

TEST_F(InitCommandTest, PinsAreDifferentAndInNoOutput) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  std::set<std::string> pins;
  for (const char* file :
       {"secrets/pin", "secrets/so-pin", "secrets/root-pin", "secrets/root-so-pin"}) {
    pins.insert(Read(file));
  }
  EXPECT_EQ(pins.size(), 4);
  for (const auto& [path, content] : AllFiles()) {
    if (path.find("/secrets/") != std::string::npos) continue;
    for (const std::string& pin : pins) EXPECT_THAT(content, Not(HasSubstr(pin))) << path;
  }
  for (const std::string& pin : pins) EXPECT_THAT(Out() + Err(), Not(HasSubstr(pin)));
}

TEST_F(InitCommandTest, SecondRunChangesNothingAndSaysSo) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  const auto files = AllFiles();
  ASSERT_EQ(Run(Init()), 0) << Err();
  EXPECT_THAT(Out(), HasSubstr("Nothing to do: all is there already."));
  EXPECT_EQ(AllFiles(), files);
  auto json = Init();
  json.insert(json.begin(), "--json");
  ASSERT_EQ(Run(json), 0) << Err();
  EXPECT_FALSE(Json()["changed"]);
  EXPECT_FALSE(Json()["config_written"]);
}

TEST_F(InitCommandTest, ConfigurationOfTheOperatorIsKept) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  Write("config.yaml", "# mine\n");
  ASSERT_EQ(Run(Init()), 0) << Err();
  EXPECT_EQ(Read("config.yaml"), "# mine\n");
}

TEST_F(InitCommandTest, RootTokenCanStayInItsSafe) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  fs::remove(Path("secrets/root-pin"));
  fs::remove(Path("tsu-chain.pem"));
  ASSERT_EQ(Run(Init()), 0) << Err();
  EXPECT_TRUE(fs::exists(Path("tsu-chain.pem")));
  EXPECT_FALSE(fs::exists(Path("secrets/root-pin")));
}

TEST_F(InitCommandTest, LostPinFileIsNotReplacedByANewPin) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  fs::remove(Path("secrets/pin"));
  EXPECT_EQ(Run(Init()), 2);
  EXPECT_THAT(Err(), HasSubstr("secrets/pin"));
  EXPECT_FALSE(fs::exists(Path("secrets/pin")));
}

TEST_F(InitCommandTest, WrongPinIsReportedOnce) {
  ASSERT_EQ(Run(Init()), 0) << Err();
  fs::remove(Path("secrets/pin"));
  Write("secrets/pin", "not the PIN");
  fs::permissions(Path("secrets/pin"), fs::perms::owner_read);
  EXPECT_EQ(Run(Init()), 2);
  EXPECT_THAT(Err(), HasSubstr("PIN_REJECTED"));
}

TEST_F(InitCommandTest, GivenPinFilesAreUsed) {
  fs::create_directory(Path(""));
  Write("my-pin", "correct horse");
  fs::permissions(Path("my-pin"), fs::perms::owner_read);
  ASSERT_EQ(Run(Init({"--pin-file", Path("my-pin")})), 0) << Err();
  EXPECT_FALSE(fs::exists(Path("secrets/pin")));
  EXPECT_THAT(Read("config.yaml"), HasSubstr("my-pin"));
}

TEST_F(InitCommandTest, PinFileThatOthersCanReadIsRefused) {
  fs::create_directory(Path(""));
  Write("my-pin", "correct horse");
  fs::permissions(Path("my-pin"), fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(Run(Init({"--pin-file", Path("my-pin")})), 2);
  EXPECT_FALSE(fs::exists(Path("chain.pem")));
}

TEST_F(InitCommandTest, HostileTextStaysInsideItsSetting) {
  const std::string hostile = "rp\"\nstore:\n  path: /etc/passwd #";
  EXPECT_NE(Run(Init({"--relying-party", hostile})), 0);  // no id of a relying party
  EXPECT_THAT(Read("config.yaml"), Not(HasSubstr("\n  path: /etc/passwd")));
}

TEST_F(InitCommandTest, ArgumentsThatCannotBeMeantAreRefused) {
  EXPECT_EQ(Run(Init({"--csr", "--install", "x.pem"})), 64);
  EXPECT_EQ(Run(Init({"--algorithm", "RSA-2048"})), 64);
  EXPECT_EQ(Run(Init({"--base-url", "ca.example.com"})), 2);
  EXPECT_EQ(Run({"init", "--dir", Path("")}), 64);
  EXPECT_EQ(Run({"init", "--dir", Path(""), "--module", "/nonexistent.so", "--organization", "A",
                 "--country", "SI"}),
            2);
  EXPECT_FALSE(fs::exists(Path("chain.pem")));
}

TEST_F(InitCommandTest, RequestLeavesTheConfigurationForTheInstallation) {
  ASSERT_EQ(Run(Init({"--csr"})), 0) << Err();
  EXPECT_THAT(Read("issuing-ca.csr"), HasSubstr("BEGIN CERTIFICATE REQUEST"));
  EXPECT_FALSE(fs::exists(Path("config.yaml")));
  EXPECT_FALSE(fs::exists(Path("secrets/root-pin")));
  EXPECT_EQ(Run(Init({"--install", Path("issuing-ca.csr")})), 1);
  EXPECT_THAT(Err(), HasSubstr("issuing-ca.csr"));
}

}  // namespace
}  // namespace enkrat::cli

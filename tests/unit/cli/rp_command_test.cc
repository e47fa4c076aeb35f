// enkrat rp over a configuration and a folder: what it writes, and what it refuses to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/program.h"
#include "cli/relying_party_change.h"
#include "server/relying_party_folder.h"
#include "server/settings.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr char kConfig[] = R"yaml(server:
  plaintext_on_loopback: true
  plaintext_relying_party: demo
hsm: { module: m.so, token_label: enkrat, pin: { file: pin } }
certificates:
  chain_file: chain.pem
  profiles:
    - { name: a, level: advanced, policy_oids: [1.3.6.1.4.1.32473.1], ca_issuers_url: http://ca.example/ca.cer }
timestamping: { own: { chain_file: tsu.pem } }
store: { path: ledger.db }
identity_providers:
  - { issuer: https://idp.example, audiences: [enkrat], acr_levels: { high: high }, claims: { fixed_country: SI } }
relying_parties:
  - { id: demo, certificate_sans: ["DNS:demo.example"], levels: [ { level: advanced } ] }
)yaml";

class RpCommandTest : public ::testing::Test {
 protected:
  RpCommandTest() {
    Write("config.yaml", std::string(kConfig) + "relying_parties_folder: parties\n");
    fs::create_directory(folder_.File("parties"));
    chmod(folder_.File("parties").c_str(), 0755);
  }
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(), {"enkrat", "--json", "rp"});
    arguments.insert(arguments.end(), {"--config", folder_.File("config.yaml")});
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return RunProgram(static_cast<int>(argv.size()), argv.data(), out_, err_, /*terminal=*/false);
  }
  int Add(const std::string& id) { return Run({"add", id, "--san", "DNS:" + id + ".example"}); }
  nlohmann::json Json() const { return nlohmann::json::parse(out_.str()); }
  std::string Err() const { return err_.str(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.File(name), std::ios::binary) << text;
    chmod(folder_.File(name).c_str(), 0644);
  }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_.File(name), std::ios::binary).rdbuf();
    return text.str();
  }
  // What the service would say.
  absl::Status Loads() const {
    const auto config = server::LoadSettings(folder_.File("config.yaml"));
    return config.ok() ? server::CallersFrom(*config).status() : config.status();
  }
  size_t Files() const {
    size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder_.File("parties"))) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    return files;
  }

  const enkrat::testing::ScratchFolder folder_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(RpCommandTest, AddedPartyIsWhatTheServiceReads) {
  ASSERT_EQ(Run({"add", "portal", "--san", "DNS:portal.example", "--san", "URI:https://portal"}), 0)
      << Err();
  EXPECT_EQ(Json()["changed"], true);
  ASSERT_OK_AND_ASSIGN(
      const auto files,
      server::ReadRelyingPartyFolder(folder_.File("parties"), server::FolderOwner::kMyself));
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].config.certificate_sans(1), "URI:https://portal");
  EXPECT_EQ(files[0].config.levels(0).level(), config::v1::LEVEL_ADVANCED);
  EXPECT_THAT(Loads(), IsOk());
}

TEST_F(RpCommandTest, FileIsReadableForTheServiceWhateverTheUmask) {
  const mode_t before = umask(077);
  EXPECT_EQ(Add("portal"), 0) << Err();
  umask(before);
  struct stat facts {};
  ASSERT_EQ(stat(folder_.File("parties/portal.yaml").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0644u);
}

TEST_F(RpCommandTest, OwnFileIsCopiedAsItIs) {
  const std::string yaml =
      "# Ours.\nid: portal\ncertificate_sans: [\"DNS:portal.example\"]\n"
      "levels: [{level: advanced}]\nsessions_per_day: 7\n";
  Write("portal.yaml", yaml);
  ASSERT_EQ(Run({"add", "portal", "--from", folder_.File("portal.yaml")}), 0) << Err();
  EXPECT_EQ(Read("parties/portal.yaml"), yaml);
}

TEST_F(RpCommandTest, WhatTheServiceWouldRefuseIsNotWritten) {
  Write("other.yaml", "id: other\ncertificate_sans: [\"DNS:x\"]\nlevels: [{level: advanced}]\n");
  const std::vector<std::vector<std::string>> wrong = {
      {"add", "portal"},                                              // no name
      {"add", "portal", "--san", "portal.example"},                   // no DNS:
      {"add", "portal", "--san", "DNS:demo.example"},                 // another's
      {"add", "portal", "--san", "DNS:p", "--level", "high"},         // no level
      {"add", "portal", "--san", "DNS:p", "--level", "a\nid: evil"},  // nor this
      {"add", "demo", "--san", "DNS:p"},                              // in the configuration
      {"add", "../portal", "--san", "DNS:p"},
      {"add", ".portal", "--san", "DNS:p"},
      {"add", "portal", "--from", folder_.File("other.yaml")},
      {"add", "portal", "--from", folder_.File("other.yaml"), "--san", "DNS:p"},
  };
  for (const auto& words : wrong) EXPECT_EQ(Run(words), 64) << words.back() << Err();
  EXPECT_EQ(Files(), 0u);
  EXPECT_FALSE(fs::exists(folder_.File("portal.yaml")));
}

TEST_F(RpCommandTest, NothingIsOverwritten) {
  ASSERT_EQ(Add("portal"), 0);
  const std::string before = Read("parties/portal.yaml");
  EXPECT_EQ(Run({"add", "portal", "--san", "DNS:other.example"}), 64);
  EXPECT_EQ(Read("parties/portal.yaml"), before);
}

TEST_F(RpCommandTest, ConfigurationWithoutAFolderSaysWhichLineToAdd) {
  Write("config.yaml", kConfig);
  EXPECT_EQ(Add("portal"), 2);
  EXPECT_THAT(Err(), HasSubstr("relying_parties_folder: relying-parties"));
  EXPECT_EQ(Run({"list"}), 0);
}

TEST_F(RpCommandTest, FolderInDisorderIsNotAddedTo) {
  Write("parties/broken.yaml", "id: broken\ncolour: red\n");
  EXPECT_EQ(Add("portal"), 2);
  EXPECT_THAT(Err(), HasSubstr("broken.yaml: line 2"));
  chmod(folder_.File("parties").c_str(), 0777);
  EXPECT_EQ(Run({"list"}), 2);
}

TEST_F(RpCommandTest, ListShowsBothSourcesStatesAndLimits) {
  Write("parties/portal.yaml",
        "id: portal\ncertificate_sans: [\"DNS:p\"]\nlevels: [{level: advanced}]\n"
        "disabled: true\ncalls_per_second: 5\nburst: 9\nsessions_per_day: 100\n");
  ASSERT_EQ(Run({"list"}), 0) << Err();
  const auto parties = Json()["relying_parties"];
  ASSERT_EQ(parties.size(), 2u);
  EXPECT_EQ(parties[0]["id"], "demo");
  EXPECT_EQ(parties[0]["source"], "config");
  EXPECT_FALSE(parties[0].contains("calls_per_second"));
  EXPECT_EQ(parties[1]["source"], "folder");
  EXPECT_EQ(parties[1]["disabled"], true);
  EXPECT_EQ(parties[1]["burst"], 9);
  EXPECT_EQ(parties[1]["sessions_per_day"], 100);
  ASSERT_EQ(Run({"show", "portal"}), 0);
  EXPECT_EQ(Json(), parties[1]);
  EXPECT_EQ(Run({"show", "nobody"}), 1);
}

TEST_F(RpCommandTest, DisablingChangesOneLineAndEnablingChangesItBack) {
  const std::string yaml =
      "# Ours, do not lose.\nid: portal  # this one\ncertificate_sans: [\"DNS:p\"]\n"
      "levels: [{level: advanced}]";
  Write("parties/portal.yaml", yaml);
  ASSERT_EQ(Run({"disable", "portal"}), 0) << Err();
  EXPECT_EQ(Read("parties/portal.yaml"), yaml + "\ndisabled: true\n");
  ASSERT_EQ(Run({"disable", "portal"}), 0);
  EXPECT_EQ(Json()["changed"], false);
  ASSERT_EQ(Run({"enable", "portal"}), 0) << Err();
  EXPECT_EQ(Read("parties/portal.yaml"), yaml + "\ndisabled: false\n");
  EXPECT_THAT(Loads(), IsOk());
}

TEST_F(RpCommandTest, FileThatCannotBeEditedByLineIsLeftAlone) {
  const std::string flow =
      "{id: portal, certificate_sans: [\"DNS:p\"], levels: [{level: advanced}]}\n";
  Write("parties/portal.yaml", flow);
  EXPECT_EQ(Run({"disable", "portal"}), 64);
  EXPECT_THAT(Err(), HasSubstr("by hand"));
  EXPECT_EQ(Read("parties/portal.yaml"), flow);
}

TEST_F(RpCommandTest, PartyOfTheConfigurationFileIsChangedThere) {
  for (const char* verb : {"disable", "enable", "remove"}) {
    EXPECT_EQ(Run({verb, "demo"}), 64);
    EXPECT_THAT(Err(), HasSubstr("config.yaml"));
  }
}

TEST_F(RpCommandTest, UnknownPartyIsNotFound) {
  for (const char* verb : {"disable", "enable", "remove"}) EXPECT_EQ(Run({verb, "nobody"}), 1);
}

TEST_F(RpCommandTest, RemovedPartyIsGone) {
  ASSERT_EQ(Add("portal"), 0);
  ASSERT_EQ(Run({"remove", "portal"}), 0) << Err();
  EXPECT_EQ(Files(), 0u);
  EXPECT_EQ(Run({"remove", "portal"}), 1);
}

TEST_F(RpCommandTest, TwoAtOnceNeverMakeASetThatTheServiceRefuses) {
  const auto add = [&](const std::string& id) {
    const auto change = RelyingPartyChange::Begin(folder_.File("config.yaml"));
    if (!change.ok()) return;  // the other is at work
    const auto added = (*change)->Add(
        id, RelyingPartyYaml({.id = id, .names = {"DNS:same.example"}, .levels = {"advanced"}}));
    (void)added;  // one of them
  };
  for (int i = 0; i < 20; ++i) {
    std::thread other(add, "a" + std::to_string(i));
    add("b" + std::to_string(i));
    other.join();
    ASSERT_THAT(Loads(), IsOk());
  }
  EXPECT_EQ(Files(), 1u);
}

}  // namespace
}  // namespace enkrat::cli

#include "server/relying_party_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string Yaml(const std::string& id) {
  return "id: " + id + "\ncertificate_sans: [\"DNS:" + id +
         ".example\"]\nlevels:\n  - level: advanced\n";
}

class RelyingPartyFolderTest : public ::testing::Test {
 protected:
  RelyingPartyFolderTest() {
    fs::create_directory(Path());
    chmod(Path().c_str(), 0755);
  }
  std::string Path(const std::string& name = "") const {
    return scratch_.File("relying-parties") + (name.empty() ? "" : "/" + name);
  }
  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    chmod(Path(name).c_str(), 0644);
  }
  absl::StatusOr<std::vector<RelyingPartyFile>> Read() const {
    return ReadRelyingPartyFolder(Path(), FolderOwner::kMyself);
  }
  std::string Failure() const {
    const auto read = Read();
    EXPECT_THAT(read, FailsWith(Reason::kConfigurationInvalid));
    return std::string(read.status().message());
  }
  std::vector<FileFacts> Look() const { return LookAtRelyingPartyFolder(Path()).value(); }

  const enkrat::testing::ScratchFolder scratch_;
};

TEST_F(RelyingPartyFolderTest, EmptyFolderHasNobody) { EXPECT_TRUE(Read().value().empty()); }

TEST_F(RelyingPartyFolderTest, FilesAreReadInTheOrderOfTheirNames) {
  Put("b.yaml", Yaml("b"));
  Put("a.yaml", Yaml("a"));
  ASSERT_OK_AND_ASSIGN(const auto files, Read());
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].config.id(), "a");
  EXPECT_EQ(files[1].config.certificate_sans(0), "DNS:b.example");
}

TEST_F(RelyingPartyFolderTest, HiddenFilesAndOtherSuffixesAreIgnored) {
  for (const char* name :
       {".hidden.yaml", "a.yaml~", "a.yaml.12ab.part", "README", "a.yml", ".yaml"}) {
    Put(name, "not: [yaml");
  }
  EXPECT_TRUE(Read().value().empty());
}

TEST_F(RelyingPartyFolderTest, MissingFolderIsAnError) {
  fs::remove(Path());
  EXPECT_THAT(Failure(), HasSubstr(Path()));
}

TEST_F(RelyingPartyFolderTest, ErrorNamesTheFileAndItsLine) {
  Put("good.yaml", Yaml("good"));
  Put("bad.yaml", "id: bad\ncolour: red\n");
  EXPECT_THAT(Failure(), HasSubstr(Path() + ": bad.yaml: line 2: unknown key 'colour'"));
}

TEST_F(RelyingPartyFolderTest, NameThatIsNotTheIdIsRefused) {
  Put("a.yaml", Yaml("b"));
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: id: the file of 'b' is named b.yaml"));
}

TEST_F(RelyingPartyFolderTest, IdsThatAreNoFileNamesAreRefused) {
  for (const char* id : {"", ".", "..", ".a", "-a", "a/b", "../a", "a b", "a\n", "\xc3\xa9"}) {
    EXPECT_THAT(CheckRelyingPartyFileId(id), FailsWith(Reason::kConfigurationInvalid)) << id;
  }
  EXPECT_THAT(CheckRelyingPartyFileId(std::string(65, 'a')),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(CheckRelyingPartyFileId(std::string(64, 'a')), IsOk());
  EXPECT_THAT(CheckRelyingPartyFileId("Portal-2.bank_si"), IsOk());
}

TEST_F(RelyingPartyFolderTest, FileThatOthersCanWriteIsRefused) {
  Put("a.yaml", Yaml("a"));
  chmod(Path("a.yaml").c_str(), 0664);
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: can be written by others"));
  chmod(Path("a.yaml").c_str(), 0646);
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: can be written by others"));
}

TEST_F(RelyingPartyFolderTest, FolderThatOthersCanWriteIsRefused) {
  chmod(Path().c_str(), 0775);
  EXPECT_THAT(Failure(), HasSubstr("can be written by others"));
}

TEST_F(RelyingPartyFolderTest, SymbolicLinksAreRefused) {
  Put("target", Yaml("a"));
  fs::create_symlink(Path("target"), Path("a.yaml"));
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: is a symbolic link"));
  fs::remove(Path("a.yaml"));
  fs::create_directory_symlink(Path(), scratch_.File("link"));
  EXPECT_THAT(ReadRelyingPartyFolder(scratch_.File("link"), FolderOwner::kMyself),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(RelyingPartyFolderTest, WhatIsNoFileIsRefusedAndStopsNobody) {
  ASSERT_EQ(mkfifo(Path("a.yaml").c_str(), 0600), 0);
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: is not a file"));
  fs::remove(Path("a.yaml"));
  fs::create_directory(Path("a.yaml"));
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: is not a file"));
}

TEST_F(RelyingPartyFolderTest, LargeFileIsRefused) {
  Put("a.yaml", Yaml("a") + "#" + std::string(kMaxRelyingPartyFileSize, 'x'));
  EXPECT_THAT(Failure(), HasSubstr("a.yaml: is larger than 64 KiB"));
}

TEST_F(RelyingPartyFolderTest, MoreFilesThanTheBoundAreRefused) {
  for (size_t i = 0; i <= kMaxRelyingPartyFiles; ++i) {
    std::ofstream(Path("p" + std::to_string(i) + ".yaml"));
  }
  EXPECT_THAT(Failure(), HasSubstr("more than 10000 files"));
}

TEST_F(RelyingPartyFolderTest, UntouchedFolderLooksAsItDid) {
  Put("a.yaml", Yaml("a"));
  EXPECT_EQ(Look(), Look());
}

TEST_F(RelyingPartyFolderTest, EveryChangeIsSeen) {
  Put("a.yaml", Yaml("a"));
  std::vector<FileFacts> before = Look();
  const auto changed = [&] {
    const bool differs = before != Look();
    before = Look();
    return differs;
  };
  Put("b.yaml", Yaml("b"));
  EXPECT_TRUE(changed()) << "added";
  fs::rename(Path("b.yaml"), Path("c.yaml"));
  EXPECT_TRUE(changed()) << "renamed";
  Put("c.yaml", Yaml("longer"));
  EXPECT_TRUE(changed()) << "rewritten";
  Put("new", Yaml("longer"));
  fs::rename(Path("new"), Path("c.yaml"));
  EXPECT_TRUE(changed()) << "replaced by one of the same size";
  chmod(Path("c.yaml").c_str(), 0600);
  EXPECT_TRUE(changed()) << "mode";
  fs::remove(Path("c.yaml"));
  EXPECT_TRUE(changed()) << "removed";
  chmod(Path().c_str(), 0700);
  EXPECT_TRUE(changed()) << "mode of the folder";
}

}  // namespace
}  // namespace enkrat::server

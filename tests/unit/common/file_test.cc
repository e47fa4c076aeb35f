// Whole files on a real file system.
#include "common/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

namespace fs = std::filesystem;
using testing::FailsWith;

constexpr fs::perms kOwnerOnly = fs::perms::owner_read | fs::perms::owner_write;

class FileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.File(name); }
  void Make(const std::string& name, const std::string& content) {
    std::ofstream(Path(name)) << content;
  }
  std::string Read(const std::string& name) {
    return ToString(ReadFile(Path(name), 1 << 20).value_or(Bytes()));
  }
  size_t FileCount() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(FileTest, FileAtTheLimitIsReadAndOneBeyondItIsNot) {
  Make("a", "12345");
  ASSERT_OK_AND_ASSIGN(const Bytes content, ReadFile(Path("a"), 5));
  EXPECT_EQ(ToString(content), "12345");
  EXPECT_THAT(ReadFile(Path("a"), 4), FailsWith(Reason::kLimitExceeded));
}

TEST_F(FileTest, EmptyFileIsReadWithALimitOfZero) {
  Make("a", "");
  ASSERT_OK_AND_ASSIGN(const Bytes content, ReadFile(Path("a"), 0));
  EXPECT_TRUE(content.empty());
}

TEST_F(FileTest, LargeFileIsReadWhole) {
  const std::string content(300 * 1024 + 1, 'x');
  Make("a", content);
  EXPECT_EQ(Read("a"), content);
}

TEST_F(FileTest, MissingFileIsNotFoundAndAFolderIsNoFile) {
  EXPECT_THAT(ReadFile(Path("a"), 10), FailsWith(Reason::kNotFound));
  EXPECT_THAT(ReadFile(folder_.path(), 10), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(FileTest, WrittenFileHasContentAndModeAndNoDraftIsLeft) {
  ASSERT_OK_AND_ASSIGN(const bool written, WriteFile(Path("a"), AsSpan("hello"), {.mode = 0600}));
  EXPECT_TRUE(written);
  EXPECT_EQ(Read("a"), "hello");
  EXPECT_EQ(fs::status(Path("a")).permissions(), kOwnerOnly);
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(FileTest, UmaskTakesFromTheModeUnlessItIsToldNotTo) {
  const mode_t before = umask(0077);
  EXPECT_TRUE(WriteFile(Path("a"), AsSpan("x"), {}).ok());
  EXPECT_TRUE(WriteFile(Path("b"), AsSpan("x"), {.regardless_of_umask = true}).ok());
  umask(before);
  EXPECT_EQ(fs::status(Path("a")).permissions(), kOwnerOnly);
  EXPECT_EQ(fs::status(Path("b")).permissions(),
            kOwnerOnly | fs::perms::group_read | fs::perms::others_read);
}

TEST_F(FileTest, WhatStandsThereStaysWithoutOverwrite) {
  Make("a", "old");
  fs::create_symlink(Path("nowhere"), Path("b"));
  for (const char* name : {"a", "b"}) {
    ASSERT_OK_AND_ASSIGN(const bool written, WriteFile(Path(name), AsSpan("new"), {}));
    EXPECT_FALSE(written) << name;
    EXPECT_TRUE(FileExists(Path(name)));
  }
  EXPECT_EQ(Read("a"), "old");
  EXPECT_FALSE(FileExists(Path("nowhere")));
  EXPECT_EQ(FileCount(), 2u);
}

TEST_F(FileTest, WhatStandsThereIsReplacedWithOverwrite) {
  Make("a", "old");
  ASSERT_OK_AND_ASSIGN(const bool written,
                       WriteFile(Path("a"), AsSpan("new"), {.overwrite = true}));
  EXPECT_TRUE(written);
  EXPECT_EQ(Read("a"), "new");
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(FileTest, FailedWriteLeavesNothing) {
  EXPECT_THAT(WriteFile(Path("no/a"), AsSpan("x"), {}), FailsWith(Reason::kConfigurationInvalid));
  fs::create_directory(Path("d"));
  EXPECT_THAT(WriteFile(Path("d"), AsSpan("x"), {.overwrite = true}),
              FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(FileCount(), 1u);
}

}  // namespace
}  // namespace enkrat

#include "cli/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/outcome.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::cli {
namespace {

namespace fs = std::filesystem;
using testing::FailsWith;
using testing::IsOk;

class FilesTest : public ::testing::Test {
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

TEST_F(FilesTest, ExistingFileIsKeptWithoutOverwrite) {
  Make("a", "old");
  const absl::Status status = WriteFile(Path("a"), AsSpan("new"), {});
  EXPECT_EQ(ExitCodeFor(status), kExitUsage);
  EXPECT_EQ(Read("a"), "old");
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(FilesTest, ExistingFileIsReplacedWithOverwrite) {
  Make("a", "old");
  ASSERT_THAT(WriteFile(Path("a"), AsSpan("new"), {.overwrite = true}), IsOk());
  EXPECT_EQ(Read("a"), "new");
}

TEST_F(FilesTest, MissingFolderIsUnavailable) {
  EXPECT_EQ(ExitCodeFor(WriteFile(Path("no/a"), AsSpan("x"), {})), kExitUnavailable);
}

TEST_F(FilesTest, MissingFileIsUnavailable) {
  EXPECT_EQ(ExitCodeFor(ReadFile(Path("a"), 10).status()), kExitUnavailable);
  EXPECT_EQ(ExitCodeFor(DigestFile(Path("a"), DigestAlgorithm::kSha256).status()),
            kExitUnavailable);
}

TEST_F(FilesTest, DigestOfAFileOfManyPiecesIsThatOfItsOctets) {
  const std::string content(3 * 1024 * 1024 + 1, 'x');
  Make("a", content);
  uint64_t seen = 0;
  ASSERT_OK_AND_ASSIGN(const Bytes digest,
                       DigestFile(Path("a"), DigestAlgorithm::kSha384,
                                  [&](uint64_t done, uint64_t) { seen = done; }));
  EXPECT_EQ(digest, ComputeDigest(DigestAlgorithm::kSha384, AsSpan(content)));
  EXPECT_EQ(seen, content.size());
}

TEST_F(FilesTest, EmptyFileHasTheDigestOfNothing) {
  Make("a", "");
  ASSERT_OK_AND_ASSIGN(const Bytes digest, DigestFile(Path("a"), DigestAlgorithm::kSha256));
  EXPECT_EQ(digest, ComputeDigest(DigestAlgorithm::kSha256, {}));
}

TEST_F(FilesTest, FolderIsNotDigested) {
  EXPECT_EQ(ExitCodeFor(DigestFile(folder_.path(), DigestAlgorithm::kSha256).status()), kExitUsage);
}

}  // namespace
}  // namespace enkrat::cli

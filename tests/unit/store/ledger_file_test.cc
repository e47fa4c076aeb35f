// Tests of who may touch the ledger's file, and of the right to write.
#include "store/ledger_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::store {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class LedgerFile : public ::testing::Test {
 protected:
  mode_t ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  testing::ScratchFolder folder_;
  const std::string path_ = folder_.File("ledger.db");
};

TEST_F(LedgerFile, NewFileIsForItsOwnerOnly) {
  const mode_t before = umask(0);
  EXPECT_THAT(CreateLedgerFile(path_), IsOk());
  umask(before);
  EXPECT_EQ(ModeOf(path_), 0600u);
  EXPECT_THAT(CheckLedgerFile(path_), IsOk());
}

TEST_F(LedgerFile, ExistingFileIsLeftAlone) {
  std::ofstream(path_) << "content";
  EXPECT_THAT(CreateLedgerFile(path_), IsOk());
  EXPECT_EQ(std::filesystem::file_size(path_), 7u);
}

TEST_F(LedgerFile, MissingFolderIsUnavailable) {
  const std::string path = folder_.File("no/such/ledger.db");
  EXPECT_THAT(CheckLedgerFolder(path), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(CreateLedgerFile(path), FailsWith(Reason::kStoreUnavailable));
  EXPECT_THAT(WriterLock::Acquire(path), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(LedgerFile, MissingFileIsUnavailable) {
  EXPECT_THAT(CheckLedgerFile(path_), FailsWith(Reason::kStoreUnavailable));
}

TEST_F(LedgerFile, FileThatOthersCanWriteIsRefused) {
  ASSERT_THAT(CreateLedgerFile(path_), IsOk());
  for (const mode_t mode : {0620u, 0602u, 0666u}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    EXPECT_THAT(CheckLedgerFile(path_), FailsWith(Reason::kConfigurationInvalid)) << mode;
  }
  ASSERT_EQ(chmod(path_.c_str(), 0644), 0);
  EXPECT_THAT(CheckLedgerFile(path_), IsOk());
}

TEST_F(LedgerFile, FolderThatOthersCanWriteIsRefused) {
  for (const mode_t mode : {0720u, 0702u, 01777u}) {
    ASSERT_EQ(chmod(folder_.path().c_str(), mode), 0);
    EXPECT_THAT(CheckLedgerFolder(path_), FailsWith(Reason::kConfigurationInvalid)) << mode;
  }
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_THAT(CheckLedgerFolder(path_), IsOk());
}

TEST_F(LedgerFile, SymbolicLinkIsRefused) {
  const std::string target = folder_.File("target");
  ASSERT_THAT(CreateLedgerFile(target), IsOk());
  ASSERT_EQ(symlink(target.c_str(), path_.c_str()), 0);
  EXPECT_THAT(CheckLedgerFile(path_), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(LedgerFile, FolderInPlaceOfTheFileIsRefused) {
  ASSERT_EQ(mkdir(path_.c_str(), 0700), 0);
  EXPECT_THAT(CheckLedgerFile(path_), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(LedgerFile, SecondWriterIsRefusedUntilTheFirstIsGone) {
  {
    const auto first = WriterLock::Acquire(path_);
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(WriterLock::Acquire(path_), FailsWith(Reason::kStoreUnavailable));
  }
  EXPECT_THAT(WriterLock::Acquire(path_), IsOk());
}

TEST_F(LedgerFile, LockFileThatIsASymbolicLinkIsRefused) {
  ASSERT_EQ(symlink("/dev/null", folder_.File("ledger.db.lock").c_str()), 0);
  EXPECT_THAT(WriterLock::Acquire(path_), FailsWith(Reason::kStoreUnavailable));
}

}  // namespace
}  // namespace enkrat::store

#include "common/secret.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class SecretFileTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& text, mode_t mode) {
    const std::string path = folder_.path() + "/pin";
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }

  const enkrat::testing::ScratchFolder folder_;
};

TEST_F(SecretFileTest, OwnersFileIsReadWithoutItsLineEnding) {
  ASSERT_OK_AND_ASSIGN(Secret secret, ReadSecretFile(Write("1234\n", 0400)));
  EXPECT_EQ(ToString(secret.Reveal()), "1234");
}

TEST_F(SecretFileTest, FileThatOthersCanReadIsRejected) {
  EXPECT_THAT(ReadSecretFile(Write("1234", 0440)), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ReadSecretFile(Write("1234", 0404)), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SecretFileTest, FolderPipeMissingAndOversizedFilesAreRejected) {
  EXPECT_THAT(ReadSecretFile(folder_.path()), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ReadSecretFile(folder_.path() + "/none"), FailsWith(Reason::kConfigurationInvalid));
  ASSERT_EQ(mkfifo((folder_.path() + "/fifo").c_str(), 0400), 0);
  EXPECT_THAT(ReadSecretFile(folder_.path() + "/fifo"), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(ReadSecretFile(Write(std::string(5000, 'x'), 0400)),
              FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(SecretFileTest, WrittenFileIsOwnersOnlyAndNeverOverwritten) {
  const std::string path = folder_.path() + "/new";
  ASSERT_THAT(WriteSecretFile(path, AsSpan("s3cret")), IsOk());
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0400u);
  EXPECT_THAT(WriteSecretFile(path, AsSpan("other")), FailsWith(Reason::kConfigurationInvalid));
  ASSERT_OK_AND_ASSIGN(Secret secret, ReadSecretFile(path));
  EXPECT_EQ(ToString(secret.Reveal()), "s3cret");
}

}  // namespace
}  // namespace enkrat

// Tests of where the operator's socket may be, and for whom.
#include "server/operator_service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/fake_clock.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace enkrat::server {
namespace {

using ::enkrat::testing::FailsWith;
using ::enkrat::testing::IsOk;

class OperatorServerTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<OperatorServer>> Start(const std::string& socket) {
    return OperatorServer::Start({.socket = socket, .desk = &desk_, .logger = &logger_});
  }

  testing::ScratchFolder folder_;
  const std::string socket_ = folder_.File("operator.sock");
  testing::FakeClock clock_;
  std::ostringstream log_;
  Logger logger_{log_, clock_};
  signer::PersonalDataDesk desk_{{}};
};

TEST_F(OperatorServerTest, SocketIsForItsOwnerOnlyWhateverTheUmask) {
  const mode_t before = umask(0);
  const auto server = Start(socket_);
  EXPECT_EQ(umask(before), 0u);
  ASSERT_THAT(server, IsOk());
  struct stat status {};
  ASSERT_EQ(lstat(socket_.c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(OperatorServerTest, SocketGoesWithTheServer) {
  ASSERT_THAT(Start(socket_), IsOk());
  EXPECT_FALSE(std::filesystem::exists(socket_));
  EXPECT_THAT(Start(socket_), IsOk());
}

TEST_F(OperatorServerTest, SocketThatAKilledServiceLeftIsReplaced) {
  const int left = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(socket_.size(), sizeof(address.sun_path));
  socket_.copy(address.sun_path, socket_.size());
  ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(left);
  ASSERT_TRUE(std::filesystem::exists(socket_));
  EXPECT_THAT(Start(socket_), IsOk());
}

TEST_F(OperatorServerTest, FileInTheWayIsNotTouched) {
  std::ofstream(socket_) << "precious";
  EXPECT_THAT(Start(socket_), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_EQ(std::filesystem::file_size(socket_), 8u);
}

TEST_F(OperatorServerTest, LinkInTheWayIsRefused) {
  std::filesystem::create_symlink(folder_.File("elsewhere"), socket_);
  EXPECT_THAT(Start(socket_), FailsWith(Reason::kConfigurationInvalid));
}

TEST_F(OperatorServerTest, FolderThatOthersCanWriteIsRefused) {
  ASSERT_EQ(chmod(folder_.path().c_str(), 0770), 0);
  EXPECT_THAT(Start(socket_), FailsWith(Reason::kConfigurationInvalid));
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_THAT(Start(socket_), IsOk());
}

TEST_F(OperatorServerTest, MissingFolderAndTooLongAPathAreRefused) {
  EXPECT_THAT(Start(folder_.File("none/operator.sock")), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Start(folder_.File(std::string(120, 'x'))), FailsWith(Reason::kConfigurationInvalid));
  EXPECT_THAT(Start("relative.sock"), FailsWith(Reason::kConfigurationInvalid));
}

}  // namespace
}  // namespace enkrat::server

#include "server/watchdog.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <latch>

namespace enkrat::server {
namespace {

TEST(WatchdogTest, DeafListenerIsReportedOnceAfterTheToleratedFailures) {
  std::atomic<int> asked = 0;
  std::atomic<int> reported = 0;
  std::latch done(1);
  {
    Watchdog watchdog(
        {.interval = absl::Milliseconds(1), .tolerance = 3},
        [&] {
          ++asked;
          return false;
        },
        [&] {
          ++reported;
          done.count_down();
        });
    done.wait();
  }
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(reported, 1);
}

TEST(WatchdogTest, SingleFailuresAreForgiven) {
  std::atomic<int> asked = 0;
  std::atomic<bool> reported = false;
  std::latch enough(1);
  {
    Watchdog watchdog(
        {.interval = absl::Milliseconds(1), .tolerance = 2},
        [&] {
          if (++asked == 20) enough.count_down();
          return asked % 2 == 0;
        },
        [&] { reported = true; });
    enough.wait();
  }
  EXPECT_FALSE(reported);
}

TEST(ListenerAnswersTest, ListenerThatNobodyAcceptsFromIsDeaf) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(fd, 8), 0);
  socklen_t size = sizeof(address);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const uint16_t port = ntohs(address.sin_port);
  EXPECT_FALSE(ListenerAnswers("127.0.0.1", port, absl::Milliseconds(50)));
  close(fd);
  EXPECT_FALSE(ListenerAnswers("127.0.0.1", port, absl::Milliseconds(50)));
}

}  // namespace
}  // namespace enkrat::server

#include "server/watchdog.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <thread>

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

// A listening socket on a free port of this machine.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const bool listens = bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                         listen(fd_, 8) == 0 &&
                         getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    EXPECT_TRUE(listens);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { Close(); }

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int Accept() const { return accept(fd_, nullptr, nullptr); }
  uint16_t port() const { return port_; }

 private:
  int fd_;
  uint16_t port_ = 0;
};

constexpr absl::Duration kShort = absl::Milliseconds(50);
constexpr absl::Duration kLong = absl::Seconds(10);

TEST(ListenerAnswersTest, ListenerThatNobodyAcceptsFromIsDeaf) {
  const Listener listener;
  EXPECT_FALSE(ListenerAnswers("127.0.0.1", listener.port(), kShort));
}

TEST(ListenerAnswersTest, ListenerThatIsGoneIsDeaf) {
  Listener listener;
  listener.Close();
  EXPECT_FALSE(ListenerAnswers("127.0.0.1", listener.port(), kShort));
}

TEST(ListenerAnswersTest, ListenerThatSaysSomethingIsNotDeaf) {
  const Listener listener;
  std::jthread server([&] {
    const int peer = listener.Accept();
    EXPECT_EQ(send(peer, "x", 1, MSG_NOSIGNAL), 1);
    char octet = 0;
    while (recv(peer, &octet, 1, 0) == 1) {
    }
    close(peer);
  });
  EXPECT_TRUE(ListenerAnswers("127.0.0.1", listener.port(), kLong));
}

// What gRPC does where it expects a TLS handshake.
TEST(ListenerAnswersTest, ListenerThatReadsAndClosesIsNotDeaf) {
  const Listener listener;
  std::jthread server([&] {
    const int peer = listener.Accept();
    char preface[33];
    EXPECT_EQ(recv(peer, preface, sizeof(preface), MSG_WAITALL), 33);
    close(peer);
  });
  EXPECT_TRUE(ListenerAnswers("127.0.0.1", listener.port(), kLong));
}

TEST(ListenerAnswersTest, ListenerThatResetsTheConnectionIsNotDeaf) {
  const Listener listener;
  std::jthread server([&] {
    const int peer = listener.Accept();
    char octet = 0;
    EXPECT_EQ(recv(peer, &octet, 1, 0), 1);  // the rest stays unread: closing resets
    close(peer);
  });
  EXPECT_TRUE(ListenerAnswers("127.0.0.1", listener.port(), kLong));
}

}  // namespace
}  // namespace enkrat::server
